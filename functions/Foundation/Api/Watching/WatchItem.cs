namespace Foundation.Api;

/// <summary>What a watch tells.</summary>
internal enum WatchKind
{
    /// <summary>The newest state of a thing.</summary>
    Updated,

    /// <summary>A thing is gone.</summary>
    Deleted,

    /// <summary>Something was missed: read again, then watch from now on.</summary>
    Resync,

    /// <summary>Nothing happened up to this cursor. Not shown; it lets a quiet watch be resumed without a gap.</summary>
    Position,
}

/// <summary>One message of a watch.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Cursor">Where to resume after it, as the source understands it.</param>
/// <param name="Id">The thing, except for <see cref="WatchKind.Resync"/> and <see cref="WatchKind.Position"/>.</param>
/// <param name="Resource">Its newest state when updated.</param>
internal sealed record WatchItem<T>(WatchKind Kind, string Cursor, string? Id = null, T? Resource = default);

/// <summary>Changes after a cursor (null: from now on), until cancelled.</summary>
internal delegate IAsyncEnumerable<WatchItem<T>> WatchSource<T>(string? after, CancellationToken ct);
