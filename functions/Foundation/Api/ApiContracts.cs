using System.Text.Json;
using System.Text.Json.Serialization;

namespace Foundation.Api;

/// <summary>A page of a list.</summary>
/// <param name="Items">May be fewer than the limit while <paramref name="Next"/> is present.</param>
/// <param name="Next">The cursor of the next page; absent at the end.</param>
public sealed record ItemPage<T>(IReadOnlyList<T> Items, string? Next = null);

/// <summary>How many there are.</summary>
/// <param name="Count">The number.</param>
/// <param name="Exact">False when counting stopped at a bound: there are at least so many.</param>
public sealed record CountAnswer(long Count, bool Exact);

/// <summary>What a host is.</summary>
/// <param name="Product">Always <c>Foundation</c>.</param>
/// <param name="Version">The version of the build.</param>
/// <param name="Api">The major version of the HTTP API: within it there are only additions.</param>
/// <param name="Features">What this host has.</param>
/// <param name="Guarantees">What this host promises.</param>
public sealed record VersionAnswer(string Product, string Version, int Api, IReadOnlyList<string> Features, Guarantees Guarantees);

/// <summary>What a host promises. Absent: the room that would promise it is not there.</summary>
public sealed record Guarantees
{
    /// <summary>How late a configuration change is seen.</summary>
    public TimeSpan? ConfigDelay { get; init; }

    /// <summary>How late a watch tells.</summary>
    public TimeSpan? WatchDelay { get; init; }

    /// <summary><c>strict</c>: high before normal before low, always; <c>lanes</c>: each has its own line.</summary>
    public string? Priority { get; init; }

    /// <summary>How late a timer (delay, back-off, time-out) may fire.</summary>
    public TimeSpan? TimerLateness { get; init; }

    /// <summary>How late an expired registration is noticed.</summary>
    public TimeSpan? ExpiryLag { get; init; }

    /// <summary>The longest <c>?wait=</c>.</summary>
    public TimeSpan? WaitMax { get; init; }
}

/// <summary>Who asks.</summary>
/// <param name="KeyId">The key's id; <c>local</c> for a caller on the machine of a host without keys.</param>
/// <param name="Tenant">The tenant whose data it sees.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="Services">The services whose agents it may act for; absent: all.</param>
public sealed record WhoAmIAnswer(string KeyId, string Tenant, IReadOnlyList<string> Scopes, IReadOnlyList<string>? Services = null);

/// <summary>One row of the error table.</summary>
/// <param name="Code">Stable code; its first segment is the room.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">What it means.</param>
/// <param name="Hint">What to do about it.</param>
/// <param name="Severity">How bad it is for the person who runs the fleet.</param>
/// <param name="Category">Where it comes from.</param>
/// <param name="RetryAllowed">Whether the same request can succeed later.</param>
public sealed record ErrorAnswer(string Code, int Status, string Title, string Hint, string Severity, string Category, bool RetryAllowed);

/// <summary>Whether a host is well.</summary>
/// <param name="Status"><c>up</c>.</param>
public sealed record HealthAnswer(string Status);

/// <summary>The JSON of the door itself.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(DurationJsonConverter), typeof(InstantJsonConverter)])]
[JsonSerializable(typeof(CountAnswer))]
[JsonSerializable(typeof(VersionAnswer))]
[JsonSerializable(typeof(WhoAmIAnswer))]
[JsonSerializable(typeof(ItemPage<ErrorAnswer>))]
[JsonSerializable(typeof(HealthAnswer))]
internal sealed partial class ApiJson : JsonSerializerContext;
