using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Foundation.Kernel;

/// <summary>
/// Names a secret that lives outside of Foundation: <c>env:FOUNDATION_SECRET_X</c> or <c>file:x</c>. The value is looked up when it is
/// used, inside an allow-list, and never stands in rows, logs or answers.
/// </summary>
/// <param name="Value">The reference as written.</param>
[JsonConverter(typeof(SecretReferenceConverter))]
public sealed record SecretReference(string Value)
{
    /// <summary>The one prefix of environment variables that may be read: a reference never reaches the rest of the environment.</summary>
    public const string EnvironmentPrefix = "FOUNDATION_SECRET_";

    private const string Environment = "env:";
    private const string File = "file:";
    private const int LengthMax = 200;

    /// <summary>What a reference must look like, for messages.</summary>
    public const string Form = "env:FOUNDATION_SECRET_<NAME> or file:<name>, name of letters, digits, dot, hyphen, underscore";

    /// <summary><c>env</c> or <c>file</c>.</summary>
    public string Scheme => Value[..Value.IndexOf(':', StringComparison.Ordinal)];

    /// <summary>What follows the scheme: the variable, or the file's name inside the secrets folder.</summary>
    public string Name => Value[(Value.IndexOf(':', StringComparison.Ordinal) + 1)..];

    /// <summary>Reads a reference and checks its form; whether it resolves is known only when it is used.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out SecretReference? reference)
    {
        reference = text is { Length: <= LengthMax } && (IsVariable(text) || IsFile(text)) ? new SecretReference(text) : null;
        return reference is not null;
    }

    private static bool IsVariable(string text) =>
        text.StartsWith(Environment + EnvironmentPrefix, StringComparison.Ordinal)
        && text.Length > Environment.Length + EnvironmentPrefix.Length
        && text.AsSpan(Environment.Length).IndexOfAnyExcept(Upper) < 0;

    // A leading dot would name a hidden file or the folder above; a slash is not in the alphabet at all.
    private static bool IsFile(string text) =>
        text.StartsWith(File, StringComparison.Ordinal)
        && text.Length > File.Length
        && text[File.Length] != '.'
        && text.AsSpan(File.Length).IndexOfAnyExcept(NameCharacters) < 0;

    private static readonly System.Buffers.SearchValues<char> Upper =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    private static readonly System.Buffers.SearchValues<char> NameCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <inheritdoc/>
    public override string ToString() => Value;
}
