# Shared by the hooks; dot-sourced, not run. Needs azd and PowerShell 7, nothing else.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

# Seconds between tries, and how many: ten minutes, which is how long a role assignment may take to hold.
$retrySeconds = if ($env:FOUNDATION_HOOK_RETRY_SECONDS) { [double]$env:FOUNDATION_HOOK_RETRY_SECONDS } else { 15 }
$retryLimit = 40
$null = $retrySeconds, $retryLimit

function Get-Setting([string]$name) {
    $value = [Environment]::GetEnvironmentVariable($name)
    if (-not $value) { throw "$name is not set: run azd provision first." }
    return $value.TrimEnd('/')
}

# Answers the HTTP status, 0 when nobody answered.
function Invoke-Azure([string]$method, [string]$url, [string]$scope, [string]$json) {
    $answer = azd auth token --scope $scope --output json | Out-String
    if ($answer -notmatch '"token"\s*:\s*"([^"]*)"') { throw "azd gave no access token: run 'azd auth login'." }
    $request = @{
        Method             = $method
        Uri                = $url
        Headers            = @{ Authorization = "Bearer $($Matches[1])"; 'x-ms-version' = '2023-11-03' }
        SkipHttpErrorCheck = $true
        TimeoutSec         = 30
    }
    if ($json) {
        $request.Body = $json
        $request.ContentType = 'application/json'
    }
    try { return (Invoke-WebRequest @request).StatusCode } catch { return 0 }
}

function Test-Passing([int]$status) {
    return $status -in 0, 401, 403, 404, 429 -or $status -ge 500
}

# A hook that fails says one plain line; PowerShell's own error view would bury it.
function Stop-Hook([string[]]$lines) {
    $lines | ForEach-Object { [Console]::Error.WriteLine($_) }
    exit 1
}
