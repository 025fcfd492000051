namespace Foundation.Tasks.Delivery;

/// <summary>How tasks are pushed.</summary>
public sealed class DeliveryOptions
{
    /// <summary>Bytes of an agent's answer. More is a failure. Default: 1 MiB.</summary>
    public int AnswerBytesMax { get; set; } = 1024 * 1024;

    /// <summary>How long connecting may take. Default: 5 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a connection is reused, so that changed names are noticed. Default: 5 min.</summary>
    public TimeSpan ConnectionLifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Connections to one agent. Default: 256.</summary>
    public int ConnectionsPerAgentMax { get; set; } = 256;

    /// <summary>
    /// Address ranges (CIDR) that may be called although they are not public. Whoever registers an endpoint makes this host call it:
    /// each range given here opens that network to them. Default: loopback.
    /// </summary>
    public IList<string> AllowedAddresses { get; } = ["127.0.0.0/8", "::1/128"];
}

/// <summary>Where agents reach this host: known once it listens, or told by the operator.</summary>
public sealed class PublicAddress
{
    /// <summary>The base URL, or null before the host listens.</summary>
    public Uri? Url { get; set; }
}
