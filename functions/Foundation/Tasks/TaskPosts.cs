using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Foundation.Tasks;

/// <summary>What a task's owner is told when it has ended: the body of the post.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Problem">Why it failed.</param>
/// <param name="Attempt">The last attempt.</param>
/// <param name="Usage">What all its attempts consumed.</param>
public sealed record TaskEndedNotice(string TaskId, AgentTaskStatus Status, TaskProblem? Problem, int Attempt, TaskUsage? Usage = null);

/// <summary>The posts that a transition causes.</summary>
internal static class TaskPosts
{
    /// <summary>The verb by which an owner hears of the end.</summary>
    public const string Ended = "task-ended";

    public static ImmutableArray<Post> Between(AgentTask? before, AgentTask after)
    {
        if (after.Owner is not { } owner || !after.Ended || before is { Ended: true })
        {
            return [];
        }

        var id = after.Id.ToText("task");
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new TaskEndedNotice(id, after.Status, after.Problem, after.Attempt, after.Usage), TaskPostsJson.Default.TaskEndedNotice);
        return [new Post(new Address(owner.Room, Ended, owner.Subject), new PostSource(id, after.Number), body)];
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TaskEndedNotice))]
internal sealed partial class TaskPostsJson : JsonSerializerContext;
