using System.Globalization;

namespace Foundation.Tasks;

/// <summary>
/// The credential of an attempt: its number and an HMAC over task and number. Nothing is stored, a lost reply can be given again,
/// and a token of an earlier attempt is known for what it is.
/// </summary>
internal sealed class TaskTokens(IdFactory ids)
{
    private const string Purpose = "task-attempt";

    public string Of(ResourceId task, int attempt) =>
        string.Create(CultureInfo.InvariantCulture, $"{attempt}.{new ResourceId(ids.Seal(Purpose, task.Value, attempt))}");

    /// <summary>The attempt that a token proves, or null when it proves none.</summary>
    public int? AttemptOf(ResourceId task, string token)
    {
        var dot = token.IndexOf('.', StringComparison.Ordinal);
        return dot > 0
            && int.TryParse(token.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var attempt)
            && System.Security.Cryptography.CryptographicOperations.FixedTimeEquals(
                System.Text.Encoding.ASCII.GetBytes(Of(task, attempt)), System.Text.Encoding.ASCII.GetBytes(token))
            ? attempt
            : null;
    }
}
