using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Foundation.Api;

/// <summary>Marks an endpoint that creates or takes: a repeat with the same key gets the first answer.</summary>
internal sealed record IdempotentOperation;

/// <summary>An id to create under.</summary>
/// <param name="Id">The id; its shard is the one to use, which may differ from the one asked for.</param>
/// <param name="Repeated">An earlier try of the same request may have created it: meet it, and answer from its row.</param>
internal readonly record struct NewId(ResourceId Id, bool Repeated);

/// <summary>Ids to create under, in the order of the shards asked for.</summary>
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
    /// The endpoint creates or takes. It mints ids by <see cref="NewIdAsync"/> right before it creates; everything that can refuse the request
    /// comes earlier.
    /// </summary>
    public static RouteHandlerBuilder WithIdempotency(this RouteHandlerBuilder route) => route.WithMetadata(new IdempotentOperation())
        .Header(Header, "1–255 visible ASCII characters. A repeat of the same request within 24 h gets the first answer.")
        .Header(ReplayedHeader, "`true` on a repeated answer.", ofAnswer: true)
        .Refuses(ApiErrors.IdempotencyInProgress, ApiErrors.IdempotencyMismatch, ApiErrors.Invalid);

    /// <summary>A new id, or that of an earlier try of this request.</summary>
    public static async ValueTask<Outcome<NewId>> NewIdAsync(this HttpContext http, string prefix, int shard, CancellationToken ct)
    {
        if (http.Features.Get<IdempotentRequest>() is not { } request)
        {
            return new NewId(http.RequestServices.GetRequiredService<IdFactory>().Mint(prefix, shard), false);
        }

        var reserved = await request.ReserveAsync(prefix, [shard], ct);
        return reserved.Ok ? new NewId(reserved.Value[0], request.Repeated) : reserved.Problem!;
    }

    /// <summary>New ids, or those of an earlier try of this request. Without shards it only marks the request as begun (lease).</summary>
    public static async ValueTask<Outcome<NewIds>> NewIdsAsync(this HttpContext http, string prefix, IReadOnlyList<int> shards, CancellationToken ct)
    {
        if (http.Features.Get<IdempotentRequest>() is not { } request)
        {
            var ids = http.RequestServices.GetRequiredService<IdFactory>();
            return new NewIds([.. shards.Select(shard => ids.Mint(prefix, shard))], false);
        }

        var reserved = await request.ReserveAsync(prefix, shards, ct);
        return reserved.Ok ? new NewIds(reserved.Value, request.Repeated) : reserved.Problem!;
    }
}
