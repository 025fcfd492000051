namespace Foundation.Functions.ServiceBus;

/// <summary>
/// Tells whether a row that a message was about ends dead-lettered while the message is handled, by looking at what this process
/// commits: a read of the row would cost every task one more operation.
/// </summary>
internal sealed class DeadLetterWatch
{
    /// <summary>The lane of such rows. Persisted by the room of tasks: frozen there.</summary>
    public const string Lane = "tasks/ended/dead-lettered";

    private readonly Lock _gate = new();
    private readonly Dictionary<RowKey, List<Follower>> _followed = [];

    /// <summary>Follows a row until disposed; null follows nothing.</summary>
    public Follower Follow(RowKey? key)
    {
        var follower = new Follower(this, key);
        if (key is { } row)
        {
            lock (_gate)
            {
                if (!_followed.TryGetValue(row, out var followers))
                {
                    _followed[row] = followers = [];
                }

                followers.Add(follower);
            }
        }

        return follower;
    }

    /// <summary>What was committed.</summary>
    public void Committed(Commit commit)
    {
        foreach (var write in commit.Writes)
        {
            if (write is Write.Replace { Due.Lane: Lane } ended)
            {
                Tell(ended.Key);
            }
        }
    }

    private void Tell(RowKey key)
    {
        lock (_gate)
        {
            foreach (var follower in _followed.GetValueOrDefault(key, []))
            {
                follower.DeadLettered = true;
            }
        }
    }

    private void Forget(RowKey key, Follower follower)
    {
        lock (_gate)
        {
            if (_followed.TryGetValue(key, out var followers) && followers.Remove(follower) && followers.Count == 0)
            {
                _followed.Remove(key);
            }
        }
    }

    /// <summary>One message's interest in one row.</summary>
    internal sealed class Follower(DeadLetterWatch watch, RowKey? key) : IDisposable
    {
        /// <summary>Whether the row ended so since.</summary>
        public bool DeadLettered { get; set; }

        public void Dispose()
        {
            if (key is { } row)
            {
                watch.Forget(row, this);
            }
        }
    }
}
