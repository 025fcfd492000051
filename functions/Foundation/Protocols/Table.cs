namespace Foundation.Protocols;

/// <summary>A group of tables whose rows can commit together when they stand in the same shard. Equal by name.</summary>
public sealed class Space : IEquatable<Space>
{
    /// <summary>Declares a space. Names are lower-case letters and are frozen once data exists.</summary>
    public Space(string name)
    {
        Name = name;
        Posts = new Table("posts." + name, this, KeyForm.Id);
    }

    /// <summary>The frozen name.</summary>
    public string Name { get; }

    /// <summary>The reserved table of durable calls that were committed with this space's rows.</summary>
    public Table Posts { get; }

    /// <inheritdoc/>
    public bool Equals(Space? other) => other is not null && (ReferenceEquals(this, other) || Name == other.Name);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Space);

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>What the keys of a table are.</summary>
public enum KeyForm
{
    /// <summary>128-bit ids, in time order.</summary>
    Id,

    /// <summary>Printable ASCII text of 1–400 characters, in ordinal order; rooms hash what may be longer or other.</summary>
    Text,
}

/// <summary>A table, declared once by its room. The name is persisted and frozen.</summary>
/// <param name="Name">Unique among all tables; lower-case letters, digits, dot, hyphen.</param>
/// <param name="Space">The tables it commits with.</param>
/// <param name="Keys">The form of its keys.</param>
/// <param name="Watched">Whether changes can be watched on every host (costs a change row per write on Azure).</param>
public sealed record Table(string Name, Space Space, KeyForm Keys, bool Watched = false)
{
    /// <summary>Two tables of one name are the same table: a store that reads a name back need not know its declaration.</summary>
    public bool Equals(Table? other) => other is not null && (ReferenceEquals(this, other) || Name == other.Name);

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>Rows that commit together: a numbered part of a space.</summary>
/// <param name="Space">The space.</param>
/// <param name="Number">0 … <see cref="IStore.Shards"/> − 1.</param>
public readonly record struct Shard(Space Space, int Number)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Space.Name}/{Number}";
}

/// <summary>The key of a row: its table and either a 128-bit id or a text.</summary>
public readonly record struct RowKey : IComparable<RowKey>
{
    /// <summary>A key by id.</summary>
    public RowKey(Table table, ResourceId id) => (Table, Id) = (table, id.Value);

    /// <summary>A key by id.</summary>
    public RowKey(Table table, UInt128 id) => (Table, Id) = (table, id);

    /// <summary>A key by text.</summary>
    public RowKey(Table table, string text) => (Table, Text) = (table, text);

    /// <summary>The table.</summary>
    public Table Table { get; }

    /// <summary>The id, in tables keyed by id.</summary>
    public UInt128 Id { get; }

    /// <summary>The text, in tables keyed by text.</summary>
    public string? Text { get; }

    /// <summary>The id as a resource id.</summary>
    public ResourceId ResourceId => new(Id);

    /// <summary>The key without its table, as text that sorts like the key.</summary>
    public string Name => Text ?? ResourceId.ToString();

    /// <inheritdoc/>
    public int CompareTo(RowKey other)
    {
        var byTable = string.CompareOrdinal(Table.Name, other.Table.Name);
        return byTable != 0 ? byTable : Text is null ? Id.CompareTo(other.Id) : string.CompareOrdinal(Text, other.Text);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Table.Name}/{Name}";

    /// <summary>Earlier in order.</summary>
    public static bool operator <(RowKey left, RowKey right) => left.CompareTo(right) < 0;

    /// <summary>Later in order.</summary>
    public static bool operator >(RowKey left, RowKey right) => left.CompareTo(right) > 0;

    /// <summary>Not later in order.</summary>
    public static bool operator <=(RowKey left, RowKey right) => left.CompareTo(right) <= 0;

    /// <summary>Not earlier in order.</summary>
    public static bool operator >=(RowKey left, RowKey right) => left.CompareTo(right) >= 0;
}
