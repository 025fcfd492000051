using Microsoft.AspNetCore.Routing;

namespace Foundation.Protocols;

/// <summary>Periodic work comes in three groups; on Azure each is a timer function.</summary>
public enum JobGroup
{
    /// <summary>Every 10 s: is it well.</summary>
    HealthChecks,

    /// <summary>Every 10 s: who must hear of it.</summary>
    AlertEscalation,

    /// <summary>Every 60 s: sweep, retention.</summary>
    Maintenance,
}

/// <summary>How wake-ups of a family of lanes are sent by the sweeper.</summary>
public enum LaneForm
{
    /// <summary>One wake-up looks at the whole lane.</summary>
    WholeLane,

    /// <summary>Each row is woken by its own key.</summary>
    EachRow,
}

/// <summary>A family of lanes that a room owns.</summary>
/// <param name="Prefix">All lanes that start with it, for example <c>tasks/queued/</c>.</param>
/// <param name="Promptness">Of its rows.</param>
/// <param name="Form">How the sweeper wakes.</param>
public sealed record LaneFamily(string Prefix, Promptness Promptness, LaneForm Form = LaneForm.WholeLane)
{
    /// <summary>Whether looking at an overdue lane can help now (for queued lanes: whether a slot may fit). Null: always.</summary>
    public Func<string, bool>? MayWake { get; init; }
}

/// <summary>What a host needs to know of a room in order to route to it.</summary>
/// <param name="Name">The room's name: path segment, address and first segment of its error codes.</param>
public sealed record RoomInfo(string Name)
{
    /// <summary>The lanes it owns.</summary>
    public IReadOnlyList<LaneFamily> Lanes { get; init; } = [];

    /// <summary>The tables it declares.</summary>
    public IReadOnlyList<Table> Tables { get; init; } = [];

    /// <summary>The rules of its entities.</summary>
    public IReadOnlyList<IEntityDecider> Entities { get; init; } = [];

    /// <summary>Its rows of the error table.</summary>
    public IReadOnlyList<ErrorCode> Errors { get; init; } = [];

    /// <summary>What <c>GET /api/version</c> lists as features.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];
}

/// <summary>A capability of the core, as every host calls it.</summary>
public interface IRoom
{
    /// <summary>What hosts route by.</summary>
    RoomInfo Info { get; }

    /// <summary>Adds its endpoints.</summary>
    void Map(IEndpointRouteBuilder routes);

    /// <summary>Looks at a lane. Idempotent; returns when the work that it started is done or handed on.</summary>
    ValueTask WakeAsync(WakeUp wakeUp, CancellationToken ct);

    /// <summary>Receives a post. Idempotent by <see cref="Post.From"/>; throwing means "deliver again later".</summary>
    ValueTask ReceiveAsync(Post post, CancellationToken ct);

    /// <summary>Periodic work; may overlap with itself.</summary>
    ValueTask TickAsync(JobGroup group, CancellationToken ct);
}
