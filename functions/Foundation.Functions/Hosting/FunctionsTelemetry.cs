using Azure.Core;
using Azure.Monitor.OpenTelemetry.Exporter;
using Foundation.Api;
using Foundation.Azure;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Foundation.Functions.Hosting;

/// <summary>Logs, metrics and traces to Azure Monitor; on a developer's machine logs to the console, which the worker would leave empty.</summary>
internal static class FunctionsTelemetry
{
    public static void AddFunctionsTelemetry(this FunctionsApplicationBuilder builder)
    {
        // host.json filters what the host logs; the worker sends its own logs itself, so they are filtered here.
        builder.Logging.SetMinimumLevel(LogLevel.Information);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("System", LogLevel.Warning).AddFilter("Azure", LogLevel.Warning);
        if (builder.Environment.IsDevelopment())
        {
            builder.Logging.AddFoundationConsole(json: false);
        }

        // The core has added its meters; "Foundation.*" reach whatever exporter is there.
        builder.Services.AddOpenTelemetry().WithTracing(traces => traces.AddSource("Foundation.*")).UseFunctionsWorkerDefaults();
        if (builder.Configuration[AzureSettings.ApplicationInsights] is { Length: > 0 } connection)
        {
            builder.Services.AddAzureMonitor(connection);
        }
    }

    /// <summary>Exports to Application Insights by the app's identity, which the exporter would not find in the settings by itself.</summary>
    internal static void AddAzureMonitor(this IServiceCollection services, string connection)
    {
        services.AddOpenTelemetry().UseAzureMonitorExporter(options => options.ConnectionString = connection);
        services.AddOptions<AzureMonitorExporterOptions>().Configure<TokenCredential>((options, credential) => options.Credential = credential);
    }
}
