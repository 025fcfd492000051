using Foundation.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Foundation.Api;

/// <summary>What probes ask. Live: the process answers. Ready: it can take work.</summary>
internal static class HealthEndpoints
{
    private static readonly TimeSpan ProbePatience = TimeSpan.FromSeconds(2);

    public static void Map(IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("/health").AllowWithoutKey();
        health.MapGet("/live", Live).Operation("getLiveness", "Whether the process answers")
            .Answers(200, ApiJson.Default.HealthAnswer, "It does", """{ "status": "up" }""");
        health.MapGet("/ready", ReadyAsync).Operation("getReadiness", "Whether the host can take work", "Reads the store; 503 while starting or stopping.")
            .Answers(200, ApiJson.Default.HealthAnswer, "It can", """{ "status": "up" }""")
            .Refuses(ApiErrors.StoreUnavailable, ApiErrors.Stopping);
    }

    private static IResult Up => ApiResults.Json(new HealthAnswer("up"), ApiJson.Default.HealthAnswer);

    private static IResult Live() => Up;

    private static async Task<IResult> ReadyAsync(FoundationHost host, DeploymentIdentity identity, TimeProvider time, CancellationToken ct)
    {
        if (!host.Ready) return ApiResults.Problem(new Problem(ApiErrors.Stopping, "The host is starting or stopping."));
        using var patience = new CancellationTokenSource(ProbePatience, time);
        using var probe = CancellationTokenSource.CreateLinkedTokenSource(ct, patience.Token);
        try
        {
            await identity.LoadAsync(probe.Token);
            return Up;
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            return ApiResults.Problem(new Problem(ApiErrors.StoreUnavailable, $"The store did not answer within {Durations.Format(ProbePatience)}."));
        }
        catch (StoreUnavailableException)
        {
            // A probe comes every few seconds: the store logs its own failure once.
            return ApiResults.Problem(new Problem(ApiErrors.StoreUnavailable));
        }
    }
}
