using Azure.Core;
using Azure.Messaging.ServiceBus;
using Foundation.Azure;
using Microsoft.Extensions.Configuration;

namespace Foundation.Functions.ServiceBus;

/// <summary>The namespace that the triggers listen to, to send to it.</summary>
internal static class ServiceBusConnection
{
    /// <summary>By identity on Azure, by connection string where there is one: the emulator.</summary>
    public static ServiceBusClient Connect(IConfiguration configuration, TokenCredential credential)
    {
        // A wake-up is sent on the path of a request, and one that is lost is found by the sweeper: rather soon than surely.
        var options = new ServiceBusClientOptions
        {
            RetryOptions = { MaxRetries = 1, Delay = TimeSpan.FromMilliseconds(200), TryTimeout = TimeSpan.FromSeconds(5) },
        };

        // The environment's double underscore is the configuration's colon.
        var name = configuration[AzureSettings.ServiceBusNamespace.Replace("__", ":", StringComparison.Ordinal)];
        if (!string.IsNullOrEmpty(name))
        {
            return new ServiceBusClient(name, credential, options);
        }

        return configuration[AzureSettings.ServiceBusConnection] is { Length: > 0 } connection
            ? new ServiceBusClient(connection, options)
            : throw new InvalidOperationException($"Neither {AzureSettings.ServiceBusNamespace} nor {AzureSettings.ServiceBusConnection} is set");
    }
}
