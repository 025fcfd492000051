using Microsoft.Extensions.Logging;

namespace Foundation.Security;

/// <summary>Event ids 1300–1399. No message carries a secret.</summary>
internal static partial class SecurityLog
{
    [LoggerMessage(1300, LogLevel.Information, "Key {KeyId} ({Name}) was created by {By}")]
    public static partial void KeyCreated(this ILogger logger, string keyId, string name, string by);

    [LoggerMessage(1301, LogLevel.Information, "Key {KeyId} got a new secret, by {By}")]
    public static partial void KeyRotated(this ILogger logger, string keyId, string by);

    [LoggerMessage(1302, LogLevel.Information, "Key {KeyId} was revoked by {By}")]
    public static partial void KeyRevoked(this ILogger logger, string keyId, string by);

    [LoggerMessage(1303, LogLevel.Warning, "The bootstrap key was used; create an admin key to end it")]
    public static partial void BootstrapUsed(this ILogger logger);

    [LoggerMessage(1304, LogLevel.Warning, "Secret {Reference} cannot be read: {Reason}")]
    public static partial void SecretUnreadable(this ILogger logger, string reference, string reason);

    [LoggerMessage(1305, LogLevel.Information, "The value of secret {Reference} has changed")]
    public static partial void SecretChanged(this ILogger logger, string reference);
}
