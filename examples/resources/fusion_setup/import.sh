# By the application's name, or with another alias than `live`: <application>:<alias>.
# The setup is read from the functions that are deployed; its history is lost.
terraform import fusion_setup.this shop
