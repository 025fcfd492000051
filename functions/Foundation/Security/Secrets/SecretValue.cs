using System.Diagnostics;
using System.Text;

namespace Foundation.Security.Secrets;

/// <summary>
/// A secret in memory. Prints as <c>(secret)</c> wherever it is formatted, logged or shown by a debugger; only <see cref="Reveal"/> gives
/// it out, which makes its uses easy to find.
/// </summary>
[DebuggerDisplay("(secret)")]
public sealed class SecretValue : IEquatable<SecretValue>
{
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string _value;

    internal SecretValue(string value) => _value = value;

    /// <summary>The secret itself: for a header or a signature, never for a message.</summary>
    public string Reveal() => _value;

    /// <summary>Its UTF-8 bytes.</summary>
    public byte[] RevealBytes() => Encoding.UTF8.GetBytes(_value);

    /// <inheritdoc/>
    public bool Equals(SecretValue? other) => other is not null && string.Equals(_value, other._value, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SecretValue);

    /// <inheritdoc/>
    public override int GetHashCode() => _value.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => "(secret)";
}
