using System.Text.Json.Serialization;

namespace Foundation.Security;

/// <summary>A bundle of scopes with a name.</summary>
[JsonConverter(typeof(KebabEnumConverter<KeyRole>))]
public enum KeyRole
{
    /// <summary>Registers and heartbeats instances of its own services, leases and settles tasks, passes guards, reads settings.</summary>
    Agent,

    /// <summary>Submits work and events and reads what became of them.</summary>
    Producer,

    /// <summary>Reads everything and changes everything but keys, privileged documents and tenants.</summary>
    Operator,

    /// <summary>Reads everything, changes nothing.</summary>
    Reader,

    /// <summary>Everything, keys included.</summary>
    Admin,
}

/// <summary>Whether a key opens the door.</summary>
[JsonConverter(typeof(KebabEnumConverter<KeyStatus>))]
public enum KeyStatus
{
    /// <summary>It does.</summary>
    Active,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>It was ended by an admin.</summary>
    Revoked,
}

/// <summary>Body of <c>POST /api/keys</c>: at least one role or scope.</summary>
public sealed record KeyRequest
{
    /// <summary>What a person calls it: 1–100 characters.</summary>
    public required string Name { get; init; }

    /// <summary>Bundles of scopes.</summary>
    public IReadOnlyList<KeyRole>? Roles { get; init; }

    /// <summary>Single scopes: <c>&lt;room&gt;:read|write</c>, <c>tasks:work</c>, <c>config.&lt;kind&gt;:write</c>, <c>tenants:any</c>, <c>secrets:use</c>.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>Services whose instances it may register and work for; role <c>agent</c> needs them. <c>*</c> is all.</summary>
    public IReadOnlyList<string>? Services { get; init; }

    /// <summary>The one tenant whose data it sees and touches. Without it: <c>default</c>, or any with <c>tenants:any</c>.</summary>
    public string? Tenant { get; init; }

    /// <summary>When it ends. Default: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>How long it lasts from now, in the place of <c>expiresAt</c>.</summary>
    public TimeSpan? Lifetime { get; init; }
}

/// <summary>Body of <c>POST /api/keys/{id}/rotate</c>.</summary>
public sealed record KeyRotateRequest
{
    /// <summary>How long the old secret still opens the door: 0s–30d. Default: 1d.</summary>
    public TimeSpan? Grace { get; init; }
}

/// <summary>A key as answered.</summary>
public sealed record KeyResource
{
    /// <summary>Its id; the same that stands in the secret.</summary>
    public required string Id { get; init; }

    /// <summary>What a person calls it.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it opens the door.</summary>
    public required KeyStatus Status { get; init; }

    /// <summary>When this status began.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Bundles of scopes.</summary>
    public required IReadOnlyList<KeyRole> Roles { get; init; }

    /// <summary>Single scopes.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>Services it may act for, where it is restricted.</summary>
    public IReadOnlyList<string>? Services { get; init; }

    /// <summary>Its tenant, where it has one.</summary>
    public string? Tenant { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The key that made it; <c>local</c>, <c>offline</c> or <c>bootstrap</c> where no key did.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>When it ends.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it got its present secret, where it was rotated.</summary>
    public DateTimeOffset? RotatedAt { get; init; }

    /// <summary>Until when the secret before the rotation is good.</summary>
    public DateTimeOffset? PreviousSecretUntil { get; init; }

    /// <summary>The key that revoked it.</summary>
    public string? RevokedBy { get; init; }

    /// <summary>What to send as <c>Authorization: Bearer</c>. Answered once, when it is made or rotated, and stored nowhere.</summary>
    public string? Secret { get; init; }
}
