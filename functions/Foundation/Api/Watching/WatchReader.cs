namespace Foundation.Api;

/// <summary>Reads a source item by item; ends at its end or when the watch's time is over, and never leaves a read behind.</summary>
internal sealed class WatchReader<T>(IAsyncEnumerable<WatchItem<T>> source, CancellationTokenSource end) : IAsyncDisposable
{
    private readonly IAsyncEnumerator<WatchItem<T>> _items = source.GetAsyncEnumerator(end.Token);
    private Task<bool>? _pending;

    /// <summary>The next item, or null at the end. Without waiting: null also when none is there at once.</summary>
    public async Task<WatchItem<T>?> NextAsync(bool mayWait)
    {
        try
        {
            var move = _pending ?? _items.MoveNextAsync().AsTask();
            _pending = move;
            if (!mayWait && !move.IsCompleted) return null;
            var any = await move;
            _pending = null;
            return any ? _items.Current : null;
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            _pending = null;
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        if (_pending is { } pending) await Task.WhenAny(pending);
        await _items.DisposeAsync();
    }
}
