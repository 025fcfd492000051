namespace Foundation.Kernel;

/// <summary>
/// A 128-bit id that sorts by time and knows its shard: 48 bits Unix milliseconds, 8 shard, 13 counter, 27 random per
/// process, 32 keyed tag. Its text is a prefix and a ULID (Crockford base 32): <c>task_01J9…</c>.
/// </summary>
public readonly record struct ResourceId(UInt128 Value) : IComparable<ResourceId>
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    internal const int TextLength = 26;

    /// <summary>When it was minted, Unix milliseconds.</summary>
    public long Milliseconds => (long)(Value >> 80);

    /// <summary>The shard number 0–255 that the minter chose; a host maps it to the shards it has.</summary>
    public int Shard => (int)(Value >> 72) & 0xFF;

    /// <summary>The text form with a prefix, for example <c>task_01J9…</c>.</summary>
    public string ToText(string prefix) => string.Create(prefix.Length + 1 + TextLength, (prefix, Value), static (span, s) =>
    {
        s.prefix.CopyTo(span);
        span[s.prefix.Length] = '_';
        Write(s.Value, span[(s.prefix.Length + 1)..]);
    });

    /// <summary>The 26 characters without a prefix.</summary>
    public override string ToString() => string.Create(TextLength, Value, static (span, value) => Write(value, span));

    /// <inheritdoc/>
    public int CompareTo(ResourceId other) => Value.CompareTo(other.Value);

    /// <summary>Reads the text form. Checks the form only; <see cref="IdFactory.TryParse"/> also checks the tag.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, string prefix, out ResourceId id)
    {
        id = default;
        return text.Length == prefix.Length + 1 + TextLength
            && text.StartsWith(prefix, StringComparison.Ordinal)
            && text[prefix.Length] == '_'
            && TryRead(text[(prefix.Length + 1)..], out id);
    }

    internal static bool TryRead(ReadOnlySpan<char> text, out ResourceId id)
    {
        id = default;
        if (text.Length != TextLength)
        {
            return false;
        }

        UInt128 value = 0;
        for (var i = 0; i < TextLength; i++)
        {
            var digit = Alphabet.IndexOf(text[i], StringComparison.Ordinal);
            if (digit < 0 || (i == 0 && digit > 7))
            {
                return false;
            }

            value = (value << 5) | (uint)digit;
        }

        id = new ResourceId(value);
        return true;
    }

    private static void Write(UInt128 value, Span<char> span)
    {
        for (var i = TextLength - 1; i >= 0; i--)
        {
            span[i] = Alphabet[(int)(uint)(value & 31)];
            value >>= 5;
        }
    }

    /// <summary>Earlier.</summary>
    public static bool operator <(ResourceId left, ResourceId right) => left.CompareTo(right) < 0;

    /// <summary>Later.</summary>
    public static bool operator >(ResourceId left, ResourceId right) => left.CompareTo(right) > 0;

    /// <summary>Not later.</summary>
    public static bool operator <=(ResourceId left, ResourceId right) => left.CompareTo(right) <= 0;

    /// <summary>Not earlier.</summary>
    public static bool operator >=(ResourceId left, ResourceId right) => left.CompareTo(right) >= 0;
}
