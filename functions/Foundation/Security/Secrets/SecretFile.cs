using System.Text;

namespace Foundation.Security.Secrets;

/// <summary>Reads one secret from its file: inside the folder after all links are followed, bounded, UTF-8, one trailing line break dropped.</summary>
internal static class SecretFile
{
    /// <summary>The largest file, bytes.</summary>
    public const int BytesMax = 64 * 1024;

    /// <summary>The file that really holds the secret, or why there is none. Links inside the folder are fine: mounted secrets are links.</summary>
    public static Outcome<string> Locate(string? folder, string name)
    {
        if (folder is null)
        {
            return new Problem(SecretErrors.NotFound, "No folder of secrets is configured (--secrets).");
        }

        if (RealPath.Of(folder) is not { } root || RealPath.Of(Path.Combine(folder, name)) is not { } file)
        {
            return new Problem(SecretErrors.NotFound, $"There is no file '{Texts.Clip(name)}' in the folder of secrets.");
        }

        return file.StartsWith(root.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? file
            : new Problem(SecretErrors.NotAllowed, $"'{Texts.Clip(name)}' leads out of the folder of secrets.");
    }

    public static Outcome<SecretValue> Read(string file, string name)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var buffer = new byte[BytesMax + 1];
            var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            if (length > BytesMax)
            {
                return new Problem(SecretErrors.Unreadable, $"'{Texts.Clip(name)}' has more than {Sizes.Format(BytesMax)}.");
            }

            var text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(buffer, 0, length);
            text = text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;
            return text.Length > 0 ? new SecretValue(text) : new Problem(SecretErrors.Unreadable, $"'{Texts.Clip(name)}' is empty.");
        }
        catch (DecoderFallbackException)
        {
            return new Problem(SecretErrors.Unreadable, $"'{Texts.Clip(name)}' is not UTF-8 text.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The message of the exception would name the path, which callers have no business with; the log has it.
            return new Problem(SecretErrors.Unreadable, $"'{Texts.Clip(name)}' cannot be read: {e.GetType().Name}.");
        }
    }
}
