using Foundation.Retry;

namespace Foundation.Tasks;

/// <summary>What can be wrong with a request besides its form.</summary>
internal static class TaskRequestFaults
{
    private const string Invalid = "api.invalid-value";

    public static List<Fault> Of(TaskRequest request, IRetryPolicies policies, string path)
    {
        var faults = new List<Fault>();
        if (request.Type.Length is 0 or > TaskLimits.TypeMax)
        {
            faults.Add(new Fault(path + "/type", Invalid, $"A type has 1–{TaskLimits.TypeMax} characters."));
        }

        Target(request.Target, path + "/target", faults);
        When(request, path, faults);
        Clocks(request.Timeout, request.Heartbeat, path, faults);
        Retry(request.Retry, policies, path + "/retry", faults);
        Labels(request.Labels, path + "/labels", faults);
        return faults;
    }

    public static List<Fault> Of(TaskReplayRequest request, IRetryPolicies policies)
    {
        var faults = new List<Fault>();
        Target(request.Target, "/target", faults);
        Clocks(request.Timeout, null, "", faults);
        Retry(request.Retry, policies, "/retry", faults);
        return faults;
    }

    private static void Target(TaskTarget? target, string path, List<Fault> faults)
    {
        if (target is null)
        {
            return;
        }

        string?[] named = [target.Capability, target.Service, target.Instance];
        if (named.Count(n => n is not null) != 1)
        {
            faults.Add(new Fault(path, Invalid, "A target names exactly one of capability, service, instance."));
        }
        else if (named.Any(n => n is { Length: 0 or > TaskLimits.TypeMax }))
        {
            faults.Add(new Fault(path, Invalid, $"A target's name has 1–{TaskLimits.TypeMax} characters."));
        }

        if (target.Instance is { } instance && instance.Split('/') is not [{ Length: > 0 }, { Length: > 0 }])
        {
            faults.Add(new Fault(path + "/instance", Invalid, "An instance is named service/instance.", "for example summarizer/a1"));
        }
    }

    private static void When(TaskRequest request, string path, List<Fault> faults)
    {
        if (request.Delay is not null && request.RunAt is not null)
        {
            faults.Add(new Fault(path + "/runAt", Invalid, "Send delay or runAt, not both."));
        }

        if (request.Delay > TaskLimits.DelayMax)
        {
            faults.Add(new Fault(path + "/delay", Invalid, $"A delay is at most {Durations.Format(TaskLimits.DelayMax)}."));
        }
    }

    private static void Clocks(TimeSpan? timeout, TimeSpan? heartbeat, string path, List<Fault> faults)
    {
        if (timeout is { } t && (t <= TimeSpan.Zero || t > TaskLimits.TimeoutMax))
        {
            faults.Add(new Fault(path + "/timeout", Invalid, $"A timeout is more than 0s and at most {Durations.Format(TaskLimits.TimeoutMax)}."));
        }

        if (heartbeat is { } h && (h < TaskLimits.HeartbeatMin || h > TaskLimits.TimeoutMax))
        {
            faults.Add(new Fault(path + "/heartbeat", Invalid,
                $"A heartbeat is {Durations.Format(TaskLimits.HeartbeatMin)} to {Durations.Format(TaskLimits.TimeoutMax)}."));
        }
    }

    private static void Retry(RetryChoice? retry, IRetryPolicies policies, string path, List<Fault> faults)
    {
        if (retry is not null && policies.Resolve(retry.Delays, retry.Policy, path) is { Problem: { } problem })
        {
            faults.AddRange(problem.Faults.Count > 0 ? problem.Faults : [new Fault(path, problem.Error.Code, problem.Detail ?? problem.Error.Title)]);
        }
    }

    private static void Labels(IReadOnlyDictionary<string, string>? labels, string path, List<Fault> faults)
    {
        if (labels is null)
        {
            return;
        }

        if (labels.Count > TaskLimits.LabelsMax)
        {
            faults.Add(new Fault(path, Invalid, $"At most {TaskLimits.LabelsMax} labels."));
        }

        if (labels.Sum(l => System.Text.Encoding.UTF8.GetByteCount(l.Key) + System.Text.Encoding.UTF8.GetByteCount(l.Value)) > TaskLimits.LabelsBytesMax)
        {
            faults.Add(new Fault(path, Invalid, $"Labels have at most {Sizes.Format(TaskLimits.LabelsBytesMax)} together."));
        }

        foreach (var (key, value) in labels)
        {
            if (key.Length is 0 or > TaskLimits.LabelTextMax || value.Length > TaskLimits.LabelTextMax)
            {
                faults.Add(new Fault(JsonPointers.Append(path, key), Invalid, $"Labels have names of 1–{TaskLimits.LabelTextMax} and values of at most {TaskLimits.LabelTextMax} characters."));
            }
        }
    }
}
