using System.Text;
using Azure.Data.Tables;

namespace Foundation.Azure.Tables;

/// <summary>The change rows of a shard with watched tables, and the head that numbers them. Names are persisted: frozen.</summary>
internal static class ChangeEntity
{
    /// <summary>How many change rows a shard keeps; a watch that is further behind reads again.</summary>
    public const int Kept = 1024;

    private const string Number = "Number";
    private const string Changed = "Keys";

    public static TableEntity Head(string partition, long number) => new(partition, EntityKeys.ChangesHead) { [Number] = number };

    public static long NumberOf(TableEntity head) => head.GetInt64(Number) ?? 0;

    // Binary: as text 97 long keys would not fit.
    public static TableEntity Change(string partition, long number, IEnumerable<string> keys) =>
        new(partition, EntityKeys.Change(number)) { [Changed] = Encoding.UTF8.GetBytes(string.Join('\n', keys)) };

    public static string[] KeysOf(TableEntity change) => Encoding.UTF8.GetString(change.GetBinary(Changed)).Split('\n');
}
