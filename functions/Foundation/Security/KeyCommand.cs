namespace Foundation.Security;

/// <summary>What can happen to a key.</summary>
internal abstract record KeyCommand
{
    private KeyCommand()
    {
    }

    /// <summary>A new secret takes the place of the old one, which stays good until a time.</summary>
    public sealed record Rotate(byte[] Hash, TimeSpan Grace) : KeyCommand;

    /// <summary>The key ends now.</summary>
    public sealed record Revoke(string By) : KeyCommand;
}

/// <summary>Why a command does nothing. Each has its own row in <see cref="KeyErrors"/>.</summary>
internal enum KeyRefusal
{
    /// <summary>It was revoked, which is for ever.</summary>
    Revoked,

    /// <summary>Its time is over.</summary>
    Expired,
}

/// <summary>What a command does.</summary>
internal abstract record KeyDecision
{
    private KeyDecision()
    {
    }

    /// <summary>The key changes.</summary>
    public sealed record Accepted(ApiKey State) : KeyDecision;

    /// <summary>It already is so.</summary>
    public sealed record Unchanged : KeyDecision;

    /// <summary>Nothing changes, and the caller hears why.</summary>
    public sealed record Refused(KeyRefusal Refusal) : KeyDecision;
}
