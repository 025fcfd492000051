namespace Foundation.Retry;

/// <summary>The retry policies as other rooms see them: a policy string, or the name of a document.</summary>
public interface IRetryPolicies
{
    /// <summary>The policy, or every fault at <paramref name="path"/>; the default policy where neither is given.</summary>
    /// <param name="delays">A policy string such as <c>exponential(1s, 2) | take(5)</c>, with the default classes; or null.</param>
    /// <param name="policy">The name of a <c>retry-policies</c> document; or null.</param>
    /// <param name="path">Where it stands in the request or document.</param>
    Outcome<RetryPolicy> Resolve(string? delays, string? policy, string path = "");

    /// <summary>As <see cref="Resolve"/>, for what was accepted before; null where the policy is no longer there.</summary>
    RetryPolicy? Find(string? delays, string? policy);
}
