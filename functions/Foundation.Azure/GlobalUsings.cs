global using Foundation.Kernel;
global using Foundation.Protocols;
