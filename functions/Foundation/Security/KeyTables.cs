namespace Foundation.Security;

/// <summary>Where keys stand. One shard holds them all: they are few, and "is there any key" must be one read.</summary>
internal static class KeyTables
{
    public const string EndingLane = "keys/ending";
    public const string LastingLane = "keys/lasting";
    public const string IdPrefix = "key";

    public static readonly Space Space = new("keys");
    public static readonly Table Keys = new("keys", Space, KeyForm.Id);
    public static readonly Shard Shard = new(Space, 0);
}
