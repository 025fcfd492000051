using System.Globalization;
using System.Text;
using Microsoft.DurableTask.Entities;

namespace Foundation.Functions.Entities;

/// <summary>
/// Names of Durable entities. Their storage allows 100 characters in all and has special ones: others are written <c>~XX</c>, and what is
/// too long ends with its hash. Never read back, so it need not be reversible; frozen, since state is found by it.
/// </summary>
internal static class EntityNames
{
    private const int CharsMax = 70;
    private const int Head = CharsMax - 17;

    public static EntityInstanceId ToInstance(EntityId id) => new(id.Kind, ToKey(id.Key));

    private static string ToKey(string key)
    {
        var name = new StringBuilder(key.Length);
        foreach (var unit in Encoding.UTF8.GetBytes(key))
        {
            if (char.IsAsciiLetterOrDigit((char)unit) || unit is (byte)'-' or (byte)'_' or (byte)'.')
            {
                name.Append((char)unit);
            }
            else
            {
                name.Append(CultureInfo.InvariantCulture, $"~{unit:X2}");
            }
        }

        return name.Length <= CharsMax ? name.ToString() : string.Create(CultureInfo.InvariantCulture, $"{name.ToString(0, Head)}~{StableHash.Of(key):x16}");
    }
}
