using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Foundation.Tasks;

namespace Foundation.Client;

/// <summary>What became of one of many submitted tasks: the task, or why it was refused.</summary>
/// <param name="Task">The accepted task.</param>
/// <param name="Refusal">The refusal in its place.</param>
public sealed record SubmittedTask(TaskResource? Task, FoundationException? Refusal);

/// <summary>Which tasks to list.</summary>
public sealed record TaskQuery
{
    /// <summary>Only with this status.</summary>
    public AgentTaskStatus? Status { get; init; }

    /// <summary>Only of this queue.</summary>
    public string? Queue { get; init; }

    /// <summary>Only of this type.</summary>
    public string? Type { get; init; }

    /// <summary>Only with all of these labels.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}

/// <content>Tasks.</content>
public sealed partial class FoundationClient
{
    private const int ItemsMax = 1_000;
    private static readonly TimeSpan WaitLongest = TimeSpan.FromSeconds(30);

    /// <summary>Submits a task; durable when it returns.</summary>
    /// <param name="request">The task.</param>
    /// <param name="wait">How long to wait for its end, at most 60 s; the answer tells whether it has <see cref="TaskResource.Ended"/>.</param>
    /// <param name="idempotencyKey">The same key is the same task, for a day; one is made when null, so that repeats never double.</param>
    /// <param name="ct">Cancels the request, not the task.</param>
    public Task<TaskResource> SubmitAsync(TaskRequest request, TimeSpan? wait = null, string? idempotencyKey = null, CancellationToken ct = default)
    {
        var path = "/api/tasks" + (wait is { } w ? "?wait=" + Durations.Format(w) : "");
        return SendAsync<TaskResource>(WithKey(Call.Post(path, request, repeatable: true), idempotencyKey), ct);
    }

    /// <summary>Submits a task of a type with data, with defaults for everything else.</summary>
    /// <param name="type">What shall be done.</param>
    /// <param name="data">The payload, written as camelCase JSON.</param>
    /// <param name="wait">How long to wait for its end.</param>
    /// <param name="ct">Cancels the request, not the task.</param>
    public Task<TaskResource> SubmitAsync<T>(string type, T data, TimeSpan? wait = null, CancellationToken ct = default) =>
        SubmitAsync(new TaskRequest { Type = type, Data = Payload.Of(data) }, wait, null, ct);

    /// <summary>Submits any number of tasks, a thousand per request; each is accepted or refused by itself.</summary>
    /// <returns>In the order given.</returns>
    public async Task<IReadOnlyList<SubmittedTask>> SubmitManyAsync(IReadOnlyList<TaskRequest> requests, CancellationToken ct = default)
    {
        var answers = new List<SubmittedTask>(requests.Count);
        foreach (var part in requests.Chunk(ItemsMax))
        {
            var call = WithKey(Call.Post("/api/tasks/submit", new TaskBatchRequest { Items = part }, repeatable: true), null);
            var answer = await SendAsync<Listed<JsonElement>>(call, ct);
            answers.AddRange(answer.Items.Select(Submitted));
        }

        return answers;
    }

    /// <summary>Reads a task, with its result once it has ended.</summary>
    public Task<TaskResource> GetTaskAsync(string id, CancellationToken ct = default) => ReadAsync<TaskResource>(TaskPath(id), ct);

    /// <summary>Waits until a task has ended.</summary>
    /// <param name="id">The task.</param>
    /// <param name="atMost">How long; null for as long as it takes.</param>
    /// <param name="ct">Cancels the wait.</param>
    /// <returns>The task, which has ended unless the time was over.</returns>
    public async Task<TaskResource> WaitAsync(string id, TimeSpan? atMost = null, CancellationToken ct = default)
    {
        var started = _time.GetTimestamp();
        while (true)
        {
            var rest = (atMost ?? TimeSpan.MaxValue) - _time.GetElapsedTime(started);
            var wait = rest < WaitLongest ? Max(rest, TimeSpan.Zero) : WaitLongest;
            var task = await ReadAsync<TaskResource>(TaskPath(id) + "?wait=" + Durations.Format(wait), ct);
            if (task.Ended || wait < WaitLongest)
            {
                return task;
            }
        }
    }

    /// <summary>Lists tasks, newest first, without results.</summary>
    public async IAsyncEnumerable<TaskResource> ListTasksAsync(TaskQuery? query = null, [EnumeratorCancellation] CancellationToken ct = default)
    {
        await foreach (var task in PagesAsync<TaskResource>("/api/tasks" + QueryOf(query ?? new TaskQuery()), ct))
        {
            yield return task;
        }
    }

    /// <summary>Cancels a task: at once while it waits; a running one is asked to stop.</summary>
    public Task<TaskResource> CancelAsync(string id, string? reason = null, CancellationToken ct = default) =>
        SendAsync<TaskResource>(Call.Post(TaskPath(id) + "/cancel", new TaskCancelRequest { Reason = reason }), ct);

    /// <summary>Gives a dead letter another chance, edited or as it was.</summary>
    public Task<TaskResource> ReplayAsync(string id, TaskReplayRequest? edit = null, CancellationToken ct = default) =>
        SendAsync<TaskResource>(Call.Post(TaskPath(id) + "/replay", edit ?? new TaskReplayRequest()), ct);

    /// <summary>Why a task is as it is, and what happens next.</summary>
    public Task<TaskExplanation> ExplainAsync(string id, CancellationToken ct = default) => ReadAsync<TaskExplanation>(TaskPath(id) + "/explain", ct);

    /// <summary>What would happen to a task if it were submitted now; nothing is stored.</summary>
    public Task<TaskExplanation> PreviewAsync(TaskRequest request, CancellationToken ct = default) =>
        SendAsync<TaskExplanation>(Call.Post("/api/tasks?dryRun=true", request, repeatable: true), ct);

    /// <summary>A task's attempts, oldest first.</summary>
    public async Task<IReadOnlyList<TaskAttemptResource>> HistoryAsync(string id, CancellationToken ct = default) =>
        (await ReadAsync<Listed<TaskAttemptResource>>(TaskPath(id) + "/history", ct)).Items;

    /// <summary>Deletes an ended task.</summary>
    public async Task DeleteTaskAsync(string id, CancellationToken ct = default) =>
        (await AnswerAsync(new Call(HttpMethod.Delete, TaskPath(id)), ct)).Dispose();

    /// <summary>Settles an attempt with a result.</summary>
    public Task<TaskSettled> CompleteAsync(string id, TaskCompleteRequest request, CancellationToken ct = default) =>
        SendAsync<TaskSettled>(Call.Post(TaskPath(id) + "/complete", request, repeatable: true), ct);

    /// <summary>Settles an attempt with a failure.</summary>
    public Task<TaskSettled> FailAsync(string id, TaskFailRequest request, CancellationToken ct = default) =>
        SendAsync<TaskSettled>(Call.Post(TaskPath(id) + "/fail", request, repeatable: true), ct);

    /// <summary>Gives an attempt back, uncounted.</summary>
    public Task<TaskSettled> ReleaseAsync(string id, TaskReleaseRequest request, CancellationToken ct = default) =>
        SendAsync<TaskSettled>(Call.Post(TaskPath(id) + "/release", request, repeatable: true), ct);

    /// <summary>Extends an attempt's lease and tells how far it is.</summary>
    public Task<TaskProgressReply> ProgressAsync(string id, TaskProgressRequest request, CancellationToken ct = default) =>
        SendAsync<TaskProgressReply>(Call.Post(TaskPath(id) + "/progress", request, repeatable: true), ct);

    private static string TaskPath(string id) => "/api/tasks/" + Escape(id);

    // Whatever is repeated after a broken connection must not be done twice.
    private static Call WithKey(Call call, string? key) => call with { Headers = [("Idempotency-Key", key ?? NewKey())] };

    private static string NewKey()
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomSource.System.Fill(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    private static SubmittedTask Submitted(JsonElement item) => item.TryGetProperty("id", out _)
        ? new SubmittedTask(item.Deserialize(ClientJson.Of<TaskResource>()), null)
        : new SubmittedTask(null, item.Deserialize(ClientJson.Of<ProblemBody>())!.ToException(422));

    private static string QueryOf(TaskQuery query)
    {
        var text = new StringBuilder("?limit=1000");
        Add("status", query.Status is { } status ? Kebab.Name(status) : null);
        Add("queue", query.Queue);
        Add("type", query.Type);
        foreach (var (name, value) in query.Labels ?? new Dictionary<string, string>())
        {
            Add("label", $"{name}:{value}");
        }

        return text.ToString();

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                text.Append('&').Append(name).Append('=').Append(Escape(value));
            }
        }
    }

    private async IAsyncEnumerable<T> PagesAsync<T>(string path, [EnumeratorCancellation] CancellationToken ct)
    {
        string? cursor = null;
        do
        {
            var page = await ReadAsync<Listed<T>>(cursor is null ? path : $"{path}&cursor={Escape(cursor)}", ct);
            foreach (var item in page.Items)
            {
                yield return item;
            }

            cursor = page.Next;
        }
        while (cursor is not null);
    }

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;
}

/// <summary>Payloads of tasks and results: the caller's own types as JSON.</summary>
public static class Payload
{
    private static readonly JsonSerializerOptions Web = JsonSerializerOptions.Web;

    /// <summary>A value as JSON: camelCase unless other options are given.</summary>
    public static RawJson Of<T>(T value, JsonSerializerOptions? options = null) =>
        RawJson.Trusted(JsonSerializer.SerializeToUtf8Bytes(value, options ?? Web));

    /// <summary>A value as JSON by source-generated code.</summary>
    public static RawJson Of<T>(T value, JsonTypeInfo<T> type) => RawJson.Trusted(JsonSerializer.SerializeToUtf8Bytes(value, type));

    /// <summary>Reads a value. Throws <see cref="JsonException"/> when there is none, or another one.</summary>
    public static T Read<T>(this RawJson json, JsonSerializerOptions? options = null) => json.IsEmpty
        ? throw new JsonException("There is no JSON to read.")
        : JsonSerializer.Deserialize<T>(json.Span, options ?? Web) ?? throw new JsonException("null stands where a value is expected.");

    /// <summary>Reads a value by source-generated code.</summary>
    public static T Read<T>(this RawJson json, JsonTypeInfo<T> type) => json.IsEmpty
        ? throw new JsonException("There is no JSON to read.")
        : JsonSerializer.Deserialize(json.Span, type) ?? throw new JsonException("null stands where a value is expected.");
}
