using System.Net;
using Foundation.Queues;
using Foundation.Tasks;
using Foundation.Tests.Hosting;
using Xunit;

namespace Foundation.Tests.Api;

/// <summary><c>Idempotency-Key</c> on the endpoints that create tasks.</summary>
public sealed class TaskIdempotencyTests : IAsyncLifetime
{
    private static readonly (string, string) Key = ("Idempotency-Key", "order-7");
    private TestHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await TestHost.StartAsync(f => f.AddAllRooms().AddQueues().AddTasks());

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Submit_Twice_IsOneTask()
    {
        const string Body = """{ "type": "pay", "data": { "order": 7 } }""";
        var first = await _host.Client.PostAsync("/api/tasks", Body, Key);
        var repeat = await _host.Client.PostAsync("/api/tasks", Body, Key);
        Assert.Equal(HttpStatusCode.Accepted, first.Status);
        Assert.Equal((first.Status, first.Text, first.Headers.Location), (repeat.Status, repeat.Text, repeat.Headers.Location));
        Assert.Equal("api.idempotency-mismatch", (await _host.Client.PostAsync("/api/tasks", """{ "type": "pay" }""", Key)).Code);
        Assert.Equal(1, (await _host.Client.ReadAsync("/api/tasks")).Json.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task SubmitMany_Twice_IsTheSameTasks()
    {
        const string Body = """{ "items": [ { "type": "a" }, { "type": "b", "queue": "nowhere" }, { "type": "c" } ] }""";
        var first = await _host.Client.PostAsync("/api/tasks/submit", Body, Key);
        var repeat = await _host.Client.PostAsync("/api/tasks/submit", Body, Key);
        Assert.Equal((HttpStatusCode.OK, first.Text), (repeat.Status, repeat.Text));
        Assert.Equal(2, (await _host.Client.ReadAsync("/api/tasks")).Json.GetProperty("items").GetArrayLength());
    }
}
