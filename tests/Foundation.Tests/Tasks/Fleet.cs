using System.Text.Json;
using Foundation.Kernel;
using Foundation.Protocols;
using Foundation.Queues;
using Foundation.Registry;
using Foundation.Retry;
using Foundation.Security;
using Foundation.Tasks;
using Foundation.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Foundation.Tests.Tasks;

/// <summary>A host with the rooms that tasks need, and short words for what tests do with it.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    private Fleet(TestHost host) => Host = host;

    public TestHost Host { get; }

    public HttpClient Http => Host.Client;

    public static async Task<Fleet> StartAsync(IStore? store = null, HostProfile? profile = null, TimeProvider? time = null, Action<IServiceCollection>? services = null) =>
        new(await TestHost.StartAsync(
            f => f.AddSecurity(o => o.OpenOnLoopback = true).AddTasks(), time, store, profile, services));

    public async Task RegisterAsync(PushAgent agent, string capability = "test", string instance = "a1", int maxConcurrency = 4, string service = "svc", bool takeover = false)
    {
        var body = JsonSerializer.Serialize(new { endpoint = agent.Endpoint, capabilities = new[] { capability }, maxConcurrency, lease = "none" });
        var answer = await Http.SendAsync(HttpMethod.Put, $"/api/services/{service}/instances/{instance}{(takeover ? "?takeover=true" : "")}", body);
        Assert.True(answer.Status is System.Net.HttpStatusCode.Created or System.Net.HttpStatusCode.OK, answer.Text + string.Join("\n", Host.Logs.Entries));
    }

    public async Task<JsonElement> SubmitAsync(string json, string query = "")
    {
        var answer = await Http.PostAsync("/api/tasks" + query, json);
        Assert.True((int)answer.Status is 200 or 202, answer.Text);
        return answer.Json;
    }

    public async Task<JsonElement> GetAsync(string id, string query = "")
    {
        var answer = await Http.ReadAsync($"/api/tasks/{id}{query}");
        Assert.True((int)answer.Status == 200, answer.Text);
        return answer.Json;
    }

    /// <summary>Waits, in real time and at most ten seconds, until the task looks as wanted.</summary>
    public async Task<JsonElement> UntilAsync(string id, Func<JsonElement, bool> wanted, Func<ValueTask>? sweep = null)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        JsonElement last = default;
        while (!patience.IsCancellationRequested)
        {
            last = await GetAsync(id);
            if (wanted(last))
            {
                return last;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, CancellationToken.None);
            await (sweep?.Invoke() ?? ValueTask.CompletedTask);
        }

        var explain = await Http.ReadAsync($"/api/tasks/{id}/explain");
        throw new TimeoutException($"Task {id} never looked as wanted; last seen: {last}; {explain.Text}; {string.Join('\n', Host.Logs.Entries)}");
    }

    public Task<JsonElement> UntilStatusAsync(string id, string status) => UntilAsync(id, t => t.Status() == status);

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}

/// <summary>Short reads of task JSON.</summary>
internal static class TaskJsonReads
{
    public static string Id(this JsonElement task) => task.GetProperty("id").GetString()!;

    public static string Status(this JsonElement task) => task.GetProperty("status").GetString()!;

    public static int Attempt(this JsonElement task) => task.GetProperty("attempt").GetInt32();
}
