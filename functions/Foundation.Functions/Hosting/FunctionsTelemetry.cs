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
        var telemetry = builder.Services.AddOpenTelemetry()
            .WithTracing(traces => traces.AddSource("Foundation.*"))
            .UseFunctionsWorkerDefaults();
        if (builder.Configuration[AzureSettings.ApplicationInsights] is { Length: > 0 } connection)
        {
            // The exporter reads no identity out of the settings, and Application Insights takes no keys.
            telemetry.UseAzureMonitorExporter(options => options.ConnectionString = connection);
            builder.Services.AddOptions<AzureMonitorExporterOptions>().Configure<TokenCredential>((options, credential) => options.Credential = credential);
        }
    }
}
