resource a 'Microsoft.Web/sites@2022-03-01' = {
  properties: {
    siteConfig: {
      appCommandLine: 'gunicorn app:app'
      linuxFxVersion: 'PYTHON|3.11'
    }
  }
}
