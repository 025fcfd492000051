using System.Security.Cryptography;
using System.Text.Json;

namespace Foundation.Security;

/// <summary>Between rows and keys, with the invariants checked on the way in and out.</summary>
internal static class KeyRows
{
    public static RowKey Key(ResourceId id) => new(KeyTables.Keys, id);

    public static ApiKey Read(Row row)
    {
        var key = JsonSerializer.Deserialize(row.State.Span, KeyStateJson.Default.ApiKey)
            ?? throw new InvalidOperationException($"{row.Key} has no state");
        return Check(key with { Id = row.Key.ResourceId });
    }

    public static ReadOnlyMemory<byte> State(ApiKey key) => JsonSerializer.SerializeToUtf8Bytes(Check(key), KeyStateJson.Default.ApiKey);

    private static ApiKey Check(ApiKey key)
    {
        var broken = key switch
        {
            { Hash.Length: not SHA256.HashSizeInBytes } => "its hash has not 32 bytes",
            { Previous.Hash.Length: not SHA256.HashSizeInBytes } => "its previous hash has not 32 bytes",
            { Number: < 1 } => "its number is below 1",
            { Roles.IsEmpty: true, Scopes.IsEmpty: true } => "it allows nothing",
            { Tenant: not null, IsAdmin: true } => "it has a tenant and manages the deployment",
            _ => null,
        };
        return broken is null ? key : throw new InvalidOperationException($"Key {key.Id.ToText(KeyTables.IdPrefix)} is broken: {broken}");
    }
}
