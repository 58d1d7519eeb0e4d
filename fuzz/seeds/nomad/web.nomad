job "shop" {
  type = "service"
  group "web" {
    task "server" {
      driver = "docker"
      config {
        image = "acme/shop:${var.tag}"
        command = "gunicorn"
        args = ["app:app"]
      }
      env = { A = "b" }
    }
    task "plain" {
      driver = "raw_exec"
      lifecycle { hook = "prestart" }
      config { command = "/bin/true" }
    }
  }
}
