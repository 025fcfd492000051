namespace Foundation.Registry;

/// <summary>Why a command was refused.</summary>
internal enum InstanceRefusal
{
    /// <summary>There is no such instance.</summary>
    NotFound,

    /// <summary>It is live, and the caller showed neither its token nor the same key with <c>takeover</c>.</summary>
    Taken,

    /// <summary>The token is not the current one, or the lease has ended.</summary>
    LeaseLost,

    /// <summary>A poll of an instance that never said what it can do.</summary>
    CapabilitiesUnknown,

    /// <summary>The lease or the retention has not ended.</summary>
    NotDue,
}
