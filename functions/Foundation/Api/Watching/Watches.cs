using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Foundation.Api;

/// <summary>Watching, as endpoints use it.</summary>
internal static class Watches
{
    public const string EventStream = "text/event-stream";
    public const string LastEventId = "Last-Event-ID";

    /// <summary>The endpoint can be watched: <c>?after=&amp;wait=</c>, or as server-sent events.</summary>
    public static RouteHandlerBuilder Watchable(this RouteHandlerBuilder route) => route.Query(QueryParameter.After, QueryParameter.Wait)
        .Header(LastEventId, "Resumes a stream of events after the one with this id.").Refuses(ApiErrors.CursorExpired);

    /// <summary>Whether the request is a watch rather than a plain read.</summary>
    public static bool IsWatch(HttpContext context) => context.Request.Query.ContainsKey("after") || WantsStream(context);

    /// <summary>Whether <c>Accept</c> asks for server-sent events.</summary>
    public static bool WantsStream(HttpContext context)
    {
        foreach (var accept in context.Request.Headers.Accept)
        {
            if (accept?.Contains(EventStream, StringComparison.OrdinalIgnoreCase) == true) return true;
        }

        return false;
    }

    /// <summary>The name on the wire.</summary>
    public static string Name(WatchKind kind) => kind switch
    {
        WatchKind.Updated => "updated",
        WatchKind.Deleted => "deleted",
        _ => "resync",
    };

    /// <summary>Whether a task is done within a time; false when it is not, or when the whole is over (the task then ends by itself).</summary>
    public static async Task<bool> CompletesWithinAsync(this Task task, TimeSpan patience, TimeProvider time, CancellationToken ct)
    {
        if (task.IsCompleted) return true;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var first = await Task.WhenAny(task, Task.Delay(patience, time, over.Token));
        await over.CancelAsync();
        return first == task || ct.IsCancellationRequested;
    }
}
