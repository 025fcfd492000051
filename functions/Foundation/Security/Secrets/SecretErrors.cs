namespace Foundation.Security.Secrets;

/// <summary>Why a reference gives no value.</summary>
internal static class SecretErrors
{
    public static readonly ErrorCode NotFound = new(
        "secrets.not-found", 422, "There is no such secret.", "Set the variable before the host starts, or put the file into the folder of --secrets.",
        Severity.Medium, ErrorCategory.Configuration);

    public static readonly ErrorCode NotAllowed = new(
        "secrets.not-allowed", 422, "The reference is outside of the allow-list.", "Allowed are " + SecretReference.Form + ".",
        Severity.Medium, ErrorCategory.Configuration);

    public static readonly ErrorCode Unreadable = new(
        "secrets.unreadable", 503, "The secret cannot be read now.", "See the host's log; mind the file's permissions and size.",
        Severity.High, ErrorCategory.Configuration, RetryAdvice.Later);

    public static IReadOnlyList<ErrorCode> All { get; } = [NotFound, NotAllowed, Unreadable];
}
