using System.Globalization;

namespace Foundation.Azure.Tables;

/// <summary>Keys of a range as numbers, monotone though not one to one: where to look when a range is searched from its end.</summary>
internal abstract class KeyMetric(string prefix)
{
    /// <summary>What all keys of the table or lane start with.</summary>
    public string Prefix { get; } = prefix;

    /// <summary>The number of a key; keys outside the range are clipped to 0 or the greatest.</summary>
    public abstract UInt128 ToNumber(string key);

    /// <summary>The least bound of keys with this number.</summary>
    public abstract string ToBound(UInt128 number);

    /// <summary>For rows of a table by id.</summary>
    public static KeyMetric Ids(string prefix) => new IdMetric(prefix);

    /// <summary>For entries of a lane: their time.</summary>
    public static KeyMetric Times(string prefix) => new TimeMetric(prefix);

    /// <summary>For rows of a table by text: its first characters.</summary>
    public static KeyMetric Texts(string prefix) => new TextMetric(prefix);

    private sealed class IdMetric(string prefix) : KeyMetric(prefix)
    {
        public override UInt128 ToNumber(string key) =>
            key.StartsWith(Prefix, StringComparison.Ordinal)
                ? ResourceId.TryParse($"_{key.AsSpan(Prefix.Length)}", "", out var id) ? id.Value : 0
                : string.CompareOrdinal(key, Prefix) < 0 ? 0 : UInt128.MaxValue;

        public override string ToBound(UInt128 number) => Prefix + new ResourceId(number);
    }

    private sealed class TimeMetric(string prefix) : KeyMetric(prefix)
    {
        private const int Digits = 19;

        public override UInt128 ToNumber(string key)
        {
            if (!key.StartsWith(Prefix, StringComparison.Ordinal))
            {
                return string.CompareOrdinal(key, Prefix) < 0 ? 0 : (UInt128)long.MaxValue;
            }

            var digits = key.AsSpan(Prefix.Length, Math.Min(Digits, key.Length - Prefix.Length));
            return digits.IsEmpty ? 0 : (UInt128)long.Parse(digits, CultureInfo.InvariantCulture);
        }

        public override string ToBound(UInt128 number) => Prefix + EntityKeys.At((long)number);
    }

    private sealed class TextMetric(string prefix) : KeyMetric(prefix)
    {
        private const int Characters = 18; // 96^18 < 2^128
        private const int Base = 96;
        private static readonly UInt128 Greatest = Power(Characters) - 1;

        public override UInt128 ToNumber(string key)
        {
            if (!key.StartsWith(Prefix, StringComparison.Ordinal))
            {
                return string.CompareOrdinal(key, Prefix) < 0 ? 0 : Greatest;
            }

            UInt128 number = 0;
            for (var i = 0; i < Characters; i++)
            {
                var at = Prefix.Length + i;
                number = (number * Base) + (uint)(at < key.Length ? Math.Clamp(key[at] - ' ', 0, Base - 1) : 0);
            }

            return number;
        }

        public override string ToBound(UInt128 number)
        {
            Span<char> characters = stackalloc char[Characters];
            for (var i = Characters - 1; i >= 0; i--)
            {
                characters[i] = (char)(' ' + (uint)(number % Base));
                number /= Base;
            }

            return Prefix + characters.TrimEnd(' ').ToString();
        }

        private static UInt128 Power(int exponent)
        {
            UInt128 result = 1;
            for (var i = 0; i < exponent; i++)
            {
                result *= Base;
            }

            return result;
        }
    }
}
