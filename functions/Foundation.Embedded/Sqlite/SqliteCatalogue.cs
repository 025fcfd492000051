using System.Collections.Concurrent;
using System.Text;

namespace Foundation.Embedded.Sqlite;

/// <summary>
/// What the small numbers in rows mean: parts (a shard of a space) and tables (once per part). Read by all threads; only the
/// writer adds, in a transaction of its own, so an entry never belongs to a group that is undone.
/// </summary>
internal sealed class SqliteCatalogue
{
    private readonly ConcurrentDictionary<(string Space, int Number), int> _parts = [];
    private readonly ConcurrentDictionary<(string Name, int Number), int> _ids = [];
    private readonly ConcurrentDictionary<int, Table> _tables = [];
    private (Table? Table, int Shard, int Id) _last;

    /// <summary>The number of a shard, or null when it holds nothing.</summary>
    public int? FindPart(Shard shard) => _parts.TryGetValue((shard.Space.Name, shard.Number), out var id) ? id : null;

    /// <summary>The number of a table in a shard, or null when it holds nothing.</summary>
    public int? FindTable(Table table, int shard)
    {
        if (!_ids.TryGetValue((table.Name, shard), out var id))
        {
            return null;
        }

        var known = _tables[id];
        if (!ReferenceEquals(known, table))
        {
            if (known.Keys != table.Keys)
            {
                throw new InvalidOperationException($"Table {table} is declared with {table.Keys} keys; the file holds {known.Keys} keys");
            }

            _tables[id] = table; // the declaration, from now on: it also says what the file does not
        }

        return id;
    }

    /// <summary>As <see cref="FindTable"/>, for the writer, which mostly asks for the table it asked for before.</summary>
    public int TableForWriter(Table table, int shard)
    {
        if (!ReferenceEquals(table, _last.Table) || shard != _last.Shard)
        {
            _last = (table, shard, FindTable(table, shard)!.Value);
        }

        return _last.Id;
    }

    /// <summary>The table of a row's number.</summary>
    public Table TableOf(int id) => _tables[id];

    /// <summary>Reads all entries.</summary>
    public void Load(SqliteDatabase database)
    {
        var spaces = new Dictionary<int, (Space Space, int Number)>();
        using var parts = database.Once("SELECT id, space, number FROM parts");
        while (parts.Read())
        {
            var (id, space, number) = ((int)parts.Long(0), new Space(Encoding.UTF8.GetString(parts.Bytes(1))), (int)parts.Long(2));
            spaces[id] = (space, number);
            _parts[(space.Name, number)] = id;
        }

        using var tables = database.Once("SELECT id, part, name, form FROM tables");
        while (tables.Read())
        {
            var (id, part, name) = ((int)tables.Long(0), spaces[(int)tables.Long(1)], Encoding.UTF8.GetString(tables.Bytes(2)));
            _tables.TryAdd(id, new Table(name, part.Space, (KeyForm)tables.Long(3)));
            _ids[(name, part.Number)] = id;
        }
    }

    /// <summary>Adds a table of a shard when it is new; called by the writer outside of a transaction.</summary>
    public void Ensure(SqliteDatabase database, Table table, int shard)
    {
        if ((ReferenceEquals(table, _last.Table) && shard == _last.Shard) || _ids.ContainsKey((table.Name, shard)))
        {
            return;
        }

        var part = FindPart(new Shard(table.Space, shard)) ?? Add(
            database, "INSERT INTO parts(space, number) VALUES(?1, ?2)", table.Space.Name, shard, null);
        _parts[(table.Space.Name, shard)] = part;
        var id = Add(database, "INSERT INTO tables(name, part, form) VALUES(?1, ?2, ?3)", table.Name, part, (int)table.Keys);
        _tables[id] = table;
        _ids[(table.Name, shard)] = id;
    }

    private static int Add(SqliteDatabase database, string sql, string name, int number, int? form)
    {
        using var insert = database.Once(sql);
        insert.BindText(1, Encoding.UTF8.GetBytes(name)).Bind(2, number);
        if (form is { } value)
        {
            insert.Bind(3, value);
        }

        insert.Run();
        return (int)database.Number("SELECT last_insert_rowid()");
    }
}
