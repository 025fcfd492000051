using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Foundation.Conformance.Azure;

/// <summary>What happens to one call.</summary>
public enum Fault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The connection breaks before the service sees the request.</summary>
    NotSent,

    /// <summary>The service does it, and the answer is lost.</summary>
    ReplyLost,

    /// <summary>The service answers 503 without doing it.</summary>
    Busy,
}

/// <summary>The process is dead: nothing of it reaches the service any more.</summary>
public sealed class KilledException() : Exception("Killed by the test: this process makes no further storage call");

/// <summary>
/// Stands between the client and the service, sees every try of every request, counts them, and breaks those that a test names: before
/// the service or after it. <see cref="KillAfter"/> plays a process that dies between two calls.
/// </summary>
public sealed class StorageFaults : HttpPipelinePolicy
{
    private readonly Lock _gate = new();
    private readonly List<string> _calls = [];
    private int _count;

    /// <summary>Chooses the fault of call n, counted from 1.</summary>
    public Func<int, Fault> Choose { get; set; } = static _ => Fault.None;

    /// <summary>Which calls may have a fault, by method and path.</summary>
    public Func<string, bool> Applies { get; set; } = static _ => true;

    /// <summary>After this many calls every further one throws <see cref="KilledException"/>. Null: never.</summary>
    public int? KillAfter { get; set; }

    /// <summary>Done once, after the service and before its reply is lost: what others do meanwhile.</summary>
    public Func<Task>? After { get; set; }

    /// <summary>How many tries were made.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Every try: method, service and path.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_gate)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>One fault at one call.</summary>
    public static Func<int, Fault> At(int call, Fault fault) => n => n == call ? fault : Fault.None;

    /// <summary>A share of calls lose their reply or meet a busy service, repeatable by seed and number.</summary>
    public static Func<int, Fault> Randomly(int seed, double share) => n =>
    {
        var hash = (uint)HashCode.Combine(0x9E3779B9, seed) ^ unchecked((uint)n * 2654435761u);
        hash ^= hash >> 15;
        hash *= 0x2C1B3C6D;
        hash ^= hash >> 12;
        return hash % 10_000 >= share * 10_000 ? Fault.None : (hash / 10_000 % 2) == 0 ? Fault.ReplyLost : Fault.Busy;
    };

    /// <summary>Starts counting again.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            _count = 0;
            _calls.Clear();
        }
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        throw new NotSupportedException("The adapters are asynchronous");

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var (number, call) = Begin(message.Request);
        var fault = Applies(call) ? Choose(number) : Fault.None;
        switch (fault)
        {
            case Fault.NotSent:
                throw new RequestFailedException(0, "The connection broke before the request (injected)");
            case Fault.Busy:
                message.Response = new BusyResponse(message.Request.ClientRequestId);
                return;
            default:
                await ProcessNextAsync(message, pipeline);
                break;
        }

        if (fault == Fault.ReplyLost)
        {
            var after = After;
            After = null;
            await (after?.Invoke() ?? Task.CompletedTask);
            message.Response.Dispose();
            message.Response = null!;
            throw new RequestFailedException(0, "The connection broke after the request (injected)");
        }
    }

    private (int Number, string Call) Begin(Request request)
    {
        lock (_gate)
        {
            if (_count >= KillAfter)
            {
                throw new KilledException();
            }

            var uri = request.Uri.ToUri();
            var call = $"{request.Method} {uri.AbsolutePath}";
            _calls.Add(call);
            return (++_count, call);
        }
    }

    private sealed class BusyResponse(string clientRequestId) : Response
    {
        private static readonly HttpHeader ErrorCode = new("x-ms-error-code", "ServerBusy");

        public override int Status => 503;

        public override string ReasonPhrase => "Server Busy";

        public override bool IsError => true;

        public override Stream? ContentStream { get; set; } = new MemoryStream(
            """{"odata.error":{"code":"ServerBusy","message":{"lang":"en-US","value":"The server is busy (injected)."}}}"""u8.ToArray());

        public override string ClientRequestId { get; set; } = clientRequestId;

        public override void Dispose()
        {
        }

        protected override bool ContainsHeader(string name) => name == ErrorCode.Name;

        protected override IEnumerable<HttpHeader> EnumerateHeaders() => [ErrorCode];

        protected override bool TryGetHeader(string name, out string value)
        {
            value = ErrorCode.Value;
            return name == ErrorCode.Name;
        }

        protected override bool TryGetHeaderValues(string name, out IEnumerable<string> values)
        {
            values = [ErrorCode.Value];
            return name == ErrorCode.Name;
        }
    }
}
