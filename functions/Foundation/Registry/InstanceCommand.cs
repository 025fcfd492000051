namespace Foundation.Registry;

/// <summary>What a caller knows of the lease.</summary>
internal enum LeaseProof
{
    /// <summary>Showed no token.</summary>
    None,

    /// <summary>Showed the token of the current generation.</summary>
    Current,

    /// <summary>Showed another token.</summary>
    Stale,
}

/// <summary>Names a row that does not exist yet.</summary>
/// <param name="Id">Minted by the caller: deciders mint nothing.</param>
/// <param name="Service">The service.</param>
/// <param name="Name">The instance's name inside it.</param>
internal sealed record InstanceIdentity(string Id, string Service, string Name);

/// <summary>What can be asked of an instance.</summary>
internal abstract record InstanceCommand
{
    private InstanceCommand()
    {
    }

    /// <summary>A registration.</summary>
    /// <param name="Spec">What the agent tells.</param>
    /// <param name="KeyId">Who registers.</param>
    /// <param name="Proof">Of the lease.</param>
    /// <param name="Takeover">Whether to take a live instance from another process with the same key.</param>
    /// <param name="SeenGeneration">At the first look: of two takeovers at once, the second finds another one and is refused.</param>
    /// <param name="New">For a row that does not exist.</param>
    public sealed record Register(
        InstanceSpec Spec, string KeyId, LeaseProof Proof, bool Takeover, long SeenGeneration, InstanceIdentity New) : InstanceCommand;

    /// <summary>A sign of life.</summary>
    public sealed record Heartbeat(LeaseProof Proof, InstanceLoad? Load, HeartbeatStatus? Status) : InstanceCommand;

    /// <summary>A poll for tasks is a sign of life, by key instead of token, and may register.</summary>
    /// <param name="KeyId">Who polls.</param>
    /// <param name="Spec">What the agent tells, if it does.</param>
    /// <param name="Stay">How long the poll stays open: the lease covers it.</param>
    /// <param name="New">For a row that does not exist.</param>
    public sealed record Poll(string KeyId, InstanceSpec? Spec, TimeSpan Stay, InstanceIdentity New) : InstanceCommand;

    /// <summary>The instance leaves, or an operator removes it.</summary>
    /// <param name="Proof">Of the lease.</param>
    /// <param name="KeyId">Who removes.</param>
    /// <param name="Operator">Whether the caller may remove what others registered.</param>
    public sealed record Remove(LeaseProof Proof, string KeyId, bool Operator) : InstanceCommand;

    /// <summary>The lease may have ended.</summary>
    public sealed record Expire : InstanceCommand;

    /// <summary>The retention of what is down or removed may have ended.</summary>
    public sealed record Forget : InstanceCommand;
}
