global using Foundation.Kernel;
global using Foundation.Protocols;
global using Foundation.Workers;
