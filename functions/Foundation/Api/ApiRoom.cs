using Foundation.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Foundation.Api;

/// <summary>The door's own endpoints and rows: what this host is, whether it is well, what it can answer. Part of every host.</summary>
internal sealed class ApiRoom(IdempotencyRows idempotency) : IRoom
{
    public RoomInfo Info { get; } = new("api")
    {
        Errors = [.. ApiErrors.All, .. HttpErrors.All],
        Tables = [IdempotencyRows.Table],
        Lanes = [new LaneFamily(IdempotencyRows.Lane, Promptness.Sweep)],
        Features = ["idempotency"],
    };

    public void Map(IEndpointRouteBuilder routes)
    {
        VersionEndpoints.Map(routes);
        ErrorEndpoints.Map(routes);
        HealthEndpoints.Map(routes);
        var pages = routes.MapGroup("").AllowWithoutKey();
        pages.MapGet("/", StartPage.Show);
        pages.MapFoundationMetrics();
        pages.MapFoundationDocuments();
    }

    public ValueTask WakeAsync(WakeUp wakeUp, CancellationToken ct) => idempotency.DeleteEndedAsync(wakeUp.Shard, ct);

    public ValueTask ReceiveAsync(Post post, CancellationToken ct) => ValueTask.CompletedTask;

    public ValueTask TickAsync(JobGroup group, CancellationToken ct) => ValueTask.CompletedTask;
}
