using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Foundation.Api;

/// <summary>Marks an endpoint that creates or takes: a repeat with the same key gets the first answer.</summary>
internal sealed record IdempotentOperation;

/// <summary>An id to create under.</summary>
/// <param name="Id">The id. Its shard is the one to use: it may differ from that of the id just minted.</param>
/// <param name="Repeated">An earlier try of the same request may have created it: meet it, and answer from its row.</param>
internal readonly record struct NewId(ResourceId Id, bool Repeated);

/// <summary>Ids to create under, in the order of those just minted.</summary>
/// <param name="Ids">The ids; each names the shard to use.</param>
/// <param name="Repeated">An earlier try of the same request may have created some of them.</param>
internal readonly record struct NewIds(IReadOnlyList<ResourceId> Ids, bool Repeated);

/// <summary>What endpoints need of <c>Idempotency-Key</c>.</summary>
internal static class Idempotency
{
    /// <summary>The header.</summary>
    public const string Header = "Idempotency-Key";

    /// <summary>Stands on an answer that is a repeat.</summary>
    public const string ReplayedHeader = "Idempotency-Replayed";

    /// <summary>
    /// The endpoint creates or takes. It asks for its ids by <see cref="NewIdAsync"/> right before it creates; whatever can refuse the request
    /// comes earlier.
    /// </summary>
    public static RouteHandlerBuilder WithIdempotency(this RouteHandlerBuilder route) => route.WithMetadata(new IdempotentOperation())
        .Header(Header, "1–255 visible ASCII characters. A repeat of the same request within 24 h gets the first answer.")
        .Header(ReplayedHeader, "`true` on a repeated answer.", ofAnswer: true)
        .Refuses(ApiErrors.IdempotencyInProgress, ApiErrors.IdempotencyMismatch, ApiErrors.Invalid);

    /// <summary>
    /// The id to create under: the one just minted, or, with a key, one that was stored before anything is created under it and comes
    /// again with every repeat.
    /// </summary>
    public static async ValueTask<Outcome<NewId>> NewIdAsync(this HttpContext http, string prefix, ResourceId minted, CancellationToken ct)
    {
        if (http.Features.Get<IdempotentRequest>() is not { } request) return new NewId(minted, false);
        var reserved = await request.ReserveAsync(prefix, [minted.Shard], ct);
        return reserved.Ok ? new NewId(reserved.Value[0], request.Repeated) : reserved.Problem!;
    }

    /// <summary>As <see cref="NewIdAsync"/>, for many. With none it only marks the request as begun (lease).</summary>
    public static async ValueTask<Outcome<NewIds>> NewIdsAsync(
        this HttpContext http, string prefix, IReadOnlyList<ResourceId> minted, CancellationToken ct)
    {
        if (http.Features.Get<IdempotentRequest>() is not { } request) return new NewIds(minted, false);
        var reserved = await request.ReserveAsync(prefix, [.. minted.Select(id => id.Shard)], ct);
        return reserved.Ok ? new NewIds(reserved.Value, request.Repeated) : reserved.Problem!;
    }
}
