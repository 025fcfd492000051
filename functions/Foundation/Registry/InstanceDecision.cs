namespace Foundation.Registry;

/// <summary>What becomes of a command.</summary>
internal abstract record InstanceDecision
{
    private InstanceDecision()
    {
    }

    /// <summary>Accepted. A row that is the same object as before is not written.</summary>
    /// <param name="After">The instance with its lease.</param>
    /// <param name="Created">Whether it was not there before.</param>
    public sealed record Accepted(Member After, bool Created = false) : InstanceDecision;

    /// <summary>Accepted: both rows go.</summary>
    public sealed record Forgotten : InstanceDecision;

    /// <summary>Refused, nothing changes.</summary>
    public sealed record Refused(InstanceRefusal Refusal) : InstanceDecision;
}
