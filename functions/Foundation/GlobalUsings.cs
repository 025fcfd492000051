global using Foundation.Kernel;
