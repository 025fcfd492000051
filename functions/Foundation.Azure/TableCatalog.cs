using System.Collections.Concurrent;

namespace Foundation.Azure;

/// <summary>Finds declared tables and spaces by their persisted names: what a stored key or a message says is text.</summary>
/// <param name="declared">The tables of all rooms, asked again while a name is unknown; rooms may be composed later.</param>
public sealed class TableCatalog(Func<IEnumerable<Table>> declared)
{
    private readonly ConcurrentDictionary<(string Space, string Table), Table> _tables = new();
    private readonly ConcurrentDictionary<string, Space> _spaces = new();

    /// <summary>A catalog of these tables.</summary>
    public TableCatalog(params Table[] tables)
        : this(() => tables)
    {
    }

    /// <summary>Remembers a table that was used in a call.</summary>
    public void Learn(Table table)
    {
        if (_tables.TryAdd((table.Space.Name, table.Name), table))
        {
            Learn(table.Space);
        }
    }

    /// <summary>Remembers a space that was used in a call, with its reserved table of posts.</summary>
    public void Learn(Space space)
    {
        if (_spaces.TryAdd(space.Name, space))
        {
            _tables.TryAdd((space.Name, space.Posts.Name), space.Posts);
        }
    }

    /// <summary>The table of this name, or null.</summary>
    public Table? FindTable(string space, string name)
    {
        if (!_tables.TryGetValue((space, name), out var table))
        {
            LearnDeclared();
            _tables.TryGetValue((space, name), out table);
        }

        return table;
    }

    /// <summary>
    /// The table of a stored row. One that no room declares any more is made up from the form of its key, so that a sweep or an
    /// archive can go past the rows of a room that was removed.
    /// </summary>
    internal Table GetTable(Space space, string name, string key) => FindTable(space.Name, name)
        ?? new Table(name, space, ResourceId.TryParse($"_{key}", "", out _) ? KeyForm.Id : KeyForm.Text);

    /// <summary>The space of this name, or null.</summary>
    public Space? FindSpace(string name)
    {
        if (!_spaces.TryGetValue(name, out var space))
        {
            LearnDeclared();
            _spaces.TryGetValue(name, out space);
        }

        return space;
    }

    /// <summary>Every space that is declared or was used.</summary>
    internal IReadOnlyList<Space> Spaces()
    {
        LearnDeclared();
        return [.. _spaces.Values];
    }

    private void LearnDeclared()
    {
        foreach (var table in declared())
        {
            Learn(table);
        }
    }
}
