# the service
resource "aws_ecs_task_definition" "web" {
  family = "web"
  container_definitions = jsonencode([
    { name = "web", image = var.image, command = ["gunicorn", "app:app"], environment = [{ name = "A", value = "b" }] },
  ])
}
resource "aws_ecs_task_definition" "other" {
  container_definitions = <<-TASKS
    [{"name": "web", "entryPoint": ["gunicorn"], "command": ["${var.app}"]}]
  TASKS
}
resource "google_cloud_run_v2_service" "web" {
  template {
    containers {
      args = ["gunicorn", "app:app"]
      env {
        name  = "A"
        value = "b"
      }
    }
  }
}
resource "azurerm_linux_web_app" "web" {
  site_config { app_command_line = "gunicorn app:app" }
}
