using System.Globalization;
using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Foundation.Functions.Tests.Fakes;

/// <summary>
/// Runs an orchestrator like the Durable engine: one thread, history lines in, actions out. Waits for events form a stack, as there: an
/// abandoned one swallows the next event. Lines: <c>at TIME</c>, <c>done ID JSON</c>, <c>failed ID</c>, <c>fired ID</c>, <c>event NAME</c>;
/// what the code does about them follows as lines that begin with <c>&gt;</c>.
/// </summary>
internal sealed class OrchestrationRun
{
    private readonly SingleThread _thread = new();
    private readonly Context _context;
    private readonly Func<TaskOrchestrationContext, Task> _code;
    private Task? _running;

    public OrchestrationRun(Func<TaskOrchestrationContext, Task> code, string id)
    {
        (_code, _context) = (code, new Context(id, this));
    }

    /// <summary>All lines so far.</summary>
    public List<string> Lines { get; } = [];

    /// <summary>Events that nobody waited for; carried over by <c>ContinueAsNew</c>.</summary>
    public IReadOnlyList<string> Unprocessed => [.. _context.Buffered];

    /// <summary>Timers that would keep a finished run alive.</summary>
    public IReadOnlyList<int> OpenTimers => [.. _context.Timers.Keys.Order()];

    /// <summary>Whether the code has ended.</summary>
    public bool Ended => _running?.IsCompleted == true;

    /// <summary>How many lines begin so.</summary>
    public int Count(string start) => Lines.Count(l => l.StartsWith(start, StringComparison.Ordinal));

    /// <summary>The id of the newest action of a kind.</summary>
    public int Newest(string kind) => int.Parse(Lines.Last(l => l.StartsWith($"> {kind} ", StringComparison.Ordinal)).Split(' ')[2], CultureInfo.InvariantCulture);

    /// <summary>Runs history through new code: the lines it makes.</summary>
    public static IReadOnlyList<string> Replay(Func<TaskOrchestrationContext, Task> code, string id, IEnumerable<string> lines)
    {
        var run = new OrchestrationRun(code, id);
        foreach (var line in lines.Where(l => !l.StartsWith('>')))
        {
            run.Feed(line);
        }

        return run.Lines;
    }

    /// <summary>One line of history.</summary>
    public void Feed(string line)
    {
        Lines.Add(line);
        var words = line.Split(' ', 3);
        _thread.Run(() =>
        {
            switch (words[0])
            {
                case "at":
                    _context.Now = DateTime.Parse(words[1], CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);
                    break;
                case "done":
                    _context.Activities[Id(words)].SetResult(words[2]);
                    break;
                case "failed":
                    _context.Activities[Id(words)].SetException(new TaskFailedException("advance", Id(words), new TimeoutException("the function timed out")));
                    break;
                case "fired":
                    _context.Fire(Id(words));
                    break;
                case "event":
                    _context.Raise(words[1]);
                    break;
                default:
                    throw new ArgumentException($"No history line: {line}");
            }

            _running ??= _code(_context);
        });
        if (_running is { IsFaulted: true } failed)
        {
            failed.GetAwaiter().GetResult();
        }

        if (Ended && !Lines[^1].StartsWith("> continue", StringComparison.Ordinal))
        {
            Lines.Add("> complete");
        }
    }

    private static int Id(string[] words) => int.Parse(words[1], CultureInfo.InvariantCulture);

    private sealed class Context(string id, OrchestrationRun run) : TaskOrchestrationContext
    {
        private readonly Stack<(string Name, TaskCompletionSource<object?> Wait)> _waits = new();
        private int _next;

        public DateTime Now { get; set; }

        public Dictionary<int, TaskCompletionSource<string>> Activities { get; } = [];

        public Dictionary<int, TaskCompletionSource> Timers { get; } = [];

        public List<string> Buffered { get; } = [];

        public override TaskName Name => "run";

        public override string InstanceId => id;

        public override ParentOrchestrationInstance? Parent => null;

        public override DateTime CurrentUtcDateTime => Now;

        public override bool IsReplaying => false;

        protected override ILoggerFactory LoggerFactory => NullLoggerFactory.Instance;

        public override T? GetInput<T>()
            where T : default => default;

        public override async Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null)
        {
            var (action, done) = (_next++, new TaskCompletionSource<string>());
            Activities[action] = done;
            run.Lines.Add($"> activity {action} {name} {JsonSerializer.Serialize(input)}");
            return JsonSerializer.Deserialize<TResult>(await done.Task)!;
        }

        public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
        {
            var (action, fired) = (_next++, new TaskCompletionSource());
            Timers[action] = fired;
            run.Lines.Add(string.Create(CultureInfo.InvariantCulture, $"> timer {action} {fireAt:yyyy-MM-ddTHH:mm:ss.fffZ}"));
            cancellationToken.Register(() =>
            {
                if (Timers.Remove(action))
                {
                    run.Lines.Add($"> cancel {action}");
                    fired.TrySetCanceled(cancellationToken);
                }
            });
            return fired.Task;
        }

        public override async Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default)
        {
            if (Buffered.Remove(eventName))
            {
                return default!;
            }

            var wait = new TaskCompletionSource<object?>();
            _waits.Push((eventName, wait));
            await wait.Task;
            return default!;
        }

        public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true)
        {
            run.Lines.Add("> continue-as-new");
            if (!preserveUnprocessedEvents)
            {
                Buffered.Clear();
            }
        }

        public void Fire(int timer)
        {
            // A cancelled timer still fires in history, and nobody hears it.
            if (Timers.Remove(timer, out var fired))
            {
                fired.SetResult();
            }
        }

        public void Raise(string name)
        {
            if (_waits.TryPeek(out var top) && top.Name == name)
            {
                _waits.Pop().Wait.SetResult(null);
            }
            else
            {
                Buffered.Add(name);
            }
        }

        public override void SendEvent(string instanceId, string eventName, object payload) => throw new NotSupportedException();

        public override void SetCustomStatus(object? customStatus) => throw new NotSupportedException();

        public override Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null) =>
            throw new NotSupportedException();

        public override Guid NewGuid() => throw new NotSupportedException();
    }

    /// <summary>Runs continuations one after the other until none is left.</summary>
    private sealed class SingleThread : SynchronizationContext
    {
        private readonly Queue<(SendOrPostCallback Call, object? State)> _queue = new();

        public override void Post(SendOrPostCallback d, object? state) => _queue.Enqueue((d, state));

        public void Run(Action first)
        {
            var before = Current;
            SetSynchronizationContext(this);
            try
            {
                first();
                while (_queue.TryDequeue(out var next))
                {
                    next.Call(next.State);
                }
            }
            finally
            {
                SetSynchronizationContext(before);
            }
        }
    }
}
