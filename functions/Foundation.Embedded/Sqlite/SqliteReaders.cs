using System.Collections.Concurrent;

namespace Foundation.Embedded.Sqlite;

/// <summary>A small pool of read connections. Reads are short and run on their caller's thread.</summary>
internal sealed class SqliteReaders(SqliteStoreOptions options, SqliteCatalogue catalogue) : IDisposable
{
    private readonly ConcurrentStack<SqliteReader> _idle = new();
    private readonly SemaphoreSlim _free = new(options.Readers, options.Readers);
    private volatile bool _disposed;

    private int Count => options.Readers;

    /// <summary>Reads with a connection of its own.</summary>
    public ValueTask<T> ReadAsync<TState, T>(TState state, Func<SqliteReader, TState, T> read, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return _free.Wait(0, CancellationToken.None) ? new(Read(state, read)) : WaitAndReadAsync(state, read, ct);
    }

    /// <summary>Closes all connections and lets nobody read until the result is disposed.</summary>
    public IDisposable Close()
    {
        for (var taken = 0; taken < options.Readers; taken++)
        {
            _free.Wait(CancellationToken.None);
        }

        while (_idle.TryPop(out var reader))
        {
            reader.Dispose();
        }

        return new Reopening(this);
    }

    public void Dispose()
    {
        _disposed = true;
        Close().Dispose();
    }

    private async ValueTask<T> WaitAndReadAsync<TState, T>(TState state, Func<SqliteReader, TState, T> read, CancellationToken ct)
    {
        await _free.WaitAsync(ct);
        return Read(state, read);
    }

    private T Read<TState, T>(TState state, Func<SqliteReader, TState, T> read)
    {
        SqliteReader? reader = null;
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_idle.TryPop(out reader))
            {
                reader = new SqliteReader(options.File, catalogue);
            }

            var result = read(reader, state);
            _idle.Push(reader);
            return result;
        }
        catch (SqliteFault e)
        {
            // A connection that failed is not used again.
            reader?.Dispose();
            throw new StoreUnavailableException("The data file cannot be read now", e);
        }
        catch (ArgumentException) when (reader is not null)
        {
            _idle.Push(reader);
            throw;
        }
        finally
        {
            _free.Release();
        }
    }

    private sealed class Reopening(SqliteReaders readers) : IDisposable
    {
        private bool _open;

        public void Dispose()
        {
            if (!_open)
            {
                _open = true;
                readers._free.Release(readers.Count);
            }
        }
    }
}
