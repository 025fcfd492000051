namespace Foundation.Registry;

/// <summary>The registry's rows of the error table.</summary>
internal static class RegistryErrors
{
    public static readonly ErrorCode NotFound = new(
        "registry.not-found", 404, "There is no such service or instance.", "GET /api/instances lists what is registered.");

    public static readonly ErrorCode InstanceTaken = new(
        "registry.instance-taken", 409, "A live instance has this name.",
        "Send its lease token in Foundation-Lease, or ?takeover=true with the key that registered it; else choose another name.");

    public static readonly ErrorCode LeaseLost = new(
        "registry.lease-lost", 404, "The lease token is not the current one, or the lease has ended.",
        "Register again; if another process has taken the name over, stop this one.");

    public static readonly ErrorCode CapabilitiesUnknown = new(
        "registry.capabilities-unknown", 422, "The instance is not registered and did not say what it can do.",
        "Register it first, or send register.capabilities with the poll.");

    public static readonly ErrorCode NoInstance = new(
        "registry.no-eligible-instance", 503, "No instance can be given work now.",
        "The detail says why; GET /api/instances/{service}/{instance}/explain says more.",
        Severity.Medium, ErrorCategory.External, RetryAdvice.Later);

    public static readonly ErrorCode Busy = new(
        "registry.contended", 503, "The instance is written by too many at once.", "Repeat after Retry-After.",
        Severity.Medium, ErrorCategory.System, RetryAdvice.Later);

    /// <summary>Every refusal of the room.</summary>
    public static IReadOnlyList<ErrorCode> All { get; } = [NotFound, InstanceTaken, LeaseLost, CapabilitiesUnknown, NoInstance, Busy];

    /// <summary>The one mapping from refusals to the table.</summary>
    public static Problem ToProblem(InstanceRefusal refusal, string fullName) => refusal switch
    {
        InstanceRefusal.NotFound => new Problem(NotFound, $"'{fullName}' is not registered."),
        InstanceRefusal.Taken => new Problem(InstanceTaken, $"'{fullName}' is live and belongs to another process."),
        InstanceRefusal.LeaseLost => new Problem(LeaseLost, $"The token is not the current lease of '{fullName}'."),
        InstanceRefusal.CapabilitiesUnknown => new Problem(CapabilitiesUnknown, $"'{fullName}' is not registered."),
        // Only the room's own clock asks for what can be not due.
        InstanceRefusal.NotDue => throw new InvalidOperationException($"'{fullName}': not due is no answer to a caller"),
        _ => throw new ArgumentOutOfRangeException(nameof(refusal)),
    };
}
