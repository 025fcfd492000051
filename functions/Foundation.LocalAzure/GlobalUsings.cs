global using Foundation.Protocols;
