namespace Foundation.Security;

/// <summary>The error table's rows of this room; 401 and 403 are <c>api.unauthorized</c> and <c>api.forbidden</c>.</summary>
internal static class KeyErrors
{
    public static readonly ErrorCode NotFound = new(
        "keys.not-found", 404, "There is no such key.", "List the keys with GET /api/keys; ended keys are deleted after 30 days.");

    public static readonly ErrorCode Revoked = new(
        "keys.revoked", 409, "The key was revoked.", "A revocation is for ever: create a new key.");

    public static readonly ErrorCode Expired = new(
        "keys.expired", 409, "The key has expired.", "Create a new key.");

    public static readonly ErrorCode TooMany = new(
        "keys.too-many", 409, "The deployment has as many keys as it may have.", "Revoke keys that nobody uses; they are deleted 30 days later.",
        Severity.Medium, ErrorCategory.Configuration);

    public static readonly ErrorCode Contended = new(
        "keys.contended", 503, "The key is being changed by many at once.", "Send the request again.",
        Severity.Medium, ErrorCategory.System, RetryAdvice.Later);

    public static IReadOnlyList<ErrorCode> All { get; } = [NotFound, Revoked, Expired, TooMany, Contended];

    /// <summary>The one mapping of refusals.</summary>
    public static ErrorCode Of(KeyRefusal refusal) => refusal switch
    {
        KeyRefusal.Revoked => Revoked,
        KeyRefusal.Expired => Expired,
        _ => throw new ArgumentOutOfRangeException(nameof(refusal), refusal, "Every refusal has an error"),
    };
}
