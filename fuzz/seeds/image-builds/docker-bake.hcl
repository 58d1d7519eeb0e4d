# The images of the shop.
variable "TAG" { default = "latest" }
group "default" { targets = ["web", "worker"] }
target "common" {
  context = "."
  args = {
    PYTHON = "3.13"
  }
}
/* what serves */
target "web" {
  inherits   = ["common"]
  dockerfile = "docker/web.Dockerfile"
  target     = "runtime"
  contexts   = { base = "target:common" }
  tags = [
    "acme/web:${TAG}", // the newest
    "ghcr.io/acme/web:${TAG}",
  ]
  output = ["type=registry"]
}
