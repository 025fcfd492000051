using System.Collections;
using Foundation.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Foundation.Api;

/// <summary>What the host tells about itself: metrics to scrape, everything to an OTLP collector where one is named, logs to the console.</summary>
public static class FoundationTelemetry
{
    /// <summary>The environment variable of OpenTelemetry that switches the export on.</summary>
    public const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>
    /// Makes the variables of OpenTelemetry (<c>OTEL_*</c>) part of the configuration, where the SDK looks for them: for hosts that read
    /// no other environment.
    /// </summary>
    public static IConfigurationBuilder AddOpenTelemetryVariables(this IConfigurationBuilder configuration) => configuration.AddInMemoryCollection(
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Where(variable => ((string)variable.Key).StartsWith("OTEL_", StringComparison.Ordinal))
            .Select(variable => KeyValuePair.Create((string)variable.Key, (string?)variable.Value)));

    internal static IServiceCollection AddFoundationTelemetry(this IServiceCollection services)
    {
        var export = !string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(EndpointVariable));
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("foundation", serviceVersion: VersionEndpoints.Product))
            .WithMetrics(metrics =>
            {
                metrics.AddMeter("Foundation.*", "Microsoft.AspNetCore.Hosting", "System.Runtime").AddPrometheusExporter();
                if (export) metrics.AddOtlpExporter();
            });
        if (export)
        {
            telemetry.WithTracing(traces => traces.AddSource("Foundation.*", "Microsoft.AspNetCore").AddOtlpExporter())
                .WithLogging(logs => logs.AddOtlpExporter(), options => options.IncludeFormattedMessage = true);
        }

        return services;
    }

    internal static void MapFoundationMetrics(this IEndpointRouteBuilder routes) =>
        routes.MapPrometheusScrapingEndpoint("/metrics").RequireScope("telemetry:read");

    /// <summary>Logs to the console: lines for people, or one JSON object a line with the trace of the request.</summary>
    public static ILoggingBuilder AddFoundationConsole(this ILoggingBuilder logging, bool json)
    {
        logging.Configure(options => options.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);
        return json
            ? logging.AddJsonConsole(options => (options.IncludeScopes, options.UseUtcTimestamp, options.TimestampFormat) = (true, true, "yyyy-MM-ddTHH:mm:ss.fffZ"))
            : logging.AddSimpleConsole(options => (options.SingleLine, options.UseUtcTimestamp, options.TimestampFormat) = (true, true, "HH:mm:ss "));
    }
}
