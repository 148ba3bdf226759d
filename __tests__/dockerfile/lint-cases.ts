/** What a rule must find, and what it must not; lines after `FROM a:1` unless a file brings its own FROM. */
export interface LintCase {
  readonly rule: string;
  readonly bad: readonly string[];
  readonly good: readonly string[];
}

const digest = `sha256:${"0".repeat(64)}`;
const apt = "apt-get update && apt-get install -y --no-install-recommends";
const clean = "rm -rf /var/lib/apt/lists/*";

export const LINT_CASES: readonly LintCase[] = [
  {
    rule: "DL3006",
    bad: ["FROM a", "FROM ghcr.io/a/b", "ARG A=b\nFROM $A"],
    good: ["FROM a:1", `FROM a@${digest}`, "FROM scratch", "FROM a:1 AS b\nFROM b", "ARG A\nFROM $A"],
  },
  { rule: "DL3007", bad: ["FROM a:latest", "ARG T=latest\nFROM a:$T"], good: ["FROM a:1", "FROM a"] },
  { rule: "SW1001", bad: ["FROM a:1"], good: [`FROM a:1@${digest}`, "FROM scratch"] },
  { rule: "DL3029", bad: ["FROM --platform=linux/amd64 a:1"], good: ["FROM --platform=$BUILDPLATFORM a:1"] },
  {
    rule: "DL3065",
    bad: ["FROM --platform=$TARGETPLATFORM a:1", "FROM --platform=${TARGETPLATFORM} a:1"],
    good: ["FROM a:1", "FROM --platform=$BUILDPLATFORM a:1"],
  },
  {
    rule: "DL3011",
    bad: ["EXPOSE 70000", "EXPOSE x", "EXPOSE 80/icmp", "EXPOSE 9-8", "ARG P=x\nEXPOSE $P"],
    good: ["EXPOSE 80 53/UDP 8000-8010", "EXPOSE $FROM_THE_BASE"],
  },
  { rule: "SW1002", bad: ["EXPOSE 8080:80", "EXPOSE 127.0.0.1:8080:80"], good: ["EXPOSE 80"] },
  { rule: "SW1003", bad: ["FROM A", "ARG T\nFROM a:$T"], good: ["FROM a", "FROM a:$TARGETARCH"] },
  {
    rule: "SW1004",
    bad: ["FROM ${A", "ENV A='b", "WORKDIR ${A:", "LABEL a=${}", "USER $(id)${", "EXPOSE ${P"],
    good: [
      "ENV A='b'",
      "RUN echo ${A",
      "CMD '",
      "WORKDIR ${A:-/b}",
      "FROM a:1 AS b\nUSER ${A\nFROM c:1",
      "USER ${A:?b}",
    ],
  },
  {
    rule: "SW1005",
    bad: ["FROM a:1$T\nARG T=1", "FROM --platform=linux/$P a:1"],
    good: ["ARG T=1\nFROM a:$T", "FROM --platform=$BUILDPLATFORM a:1"],
  },
  {
    rule: "SW1041",
    bad: ["FROM scratch\nUSER $A", "FROM scratch AS b\nFROM b\nCOPY $A /c", "FROM scratch\nARG A=$B"],
    good: [
      "FROM scratch\nARG A\nUSER $A",
      "USER $FROM_THE_BASE",
      "FROM scratch\nRUN echo $A",
      "FROM scratch\nENV A=$PATH",
    ],
  },
  { rule: "SW1042", bad: ["ENV A b c", "LABEL A b"], good: ["ENV A=b", 'LABEL A="b c"'] },
  {
    rule: "SW1050",
    bad: [
      "COPY --from=7 a b",
      "FROM a:1 AS x\nCOPY --from=c a b\nFROM a:1 AS c\nFROM x",
      "FROM a:1 AS x\nRUN --mount=from=c,target=/c a\nFROM a:1 AS c\nFROM x",
    ],
    good: ["FROM a:1 AS c\nFROM a:1\nCOPY --from=C a b\nRUN --mount=from=c,target=/c a", "COPY --from=b:1 a b"],
  },
  {
    rule: "SW1051",
    bad: ["FROM a:1 AS b\nCOPY --from=c /x /x\nFROM a:1 AS c\nCOPY --from=b /x /x", "COPY --from=0 /x /x"],
    good: ["FROM a:1 AS b\nFROM a:1 AS c\nCOPY --from=b /x /x"],
  },
  {
    rule: "SW1052",
    bad: [
      "FROM --platform=/amd64 a:1",
      "FROM --platform= a:1 AS b\nFROM --platform=nope a:1",
      "FROM --platform=$P a:1",
    ],
    good: ["FROM --platform=linux/arm64/v8 a:1", "FROM --platform=windows a:1", "FROM --platform=$BUILDPLATFORM a:1"],
  },
  {
    rule: "SW1053",
    bad: ["COPY --chmod=9z a /b", "ADD --chmod=10000 a /b", "ARG M=u*q\nCOPY --chmod=$M a /b"],
    good: [
      "COPY --chmod=0755 a /b",
      "COPY --chmod=u=rwX,go-w a /b",
      "COPY --chmod=$FROM_THE_BASE a /b",
      "COPY --chmod=+x a /b",
    ],
  },
  {
    rule: "SW1054",
    bad: ["COPY --link --chown=app:app a /b", "ADD --link --chown=1:app a /b"],
    good: ["COPY --link --chown=1:1 a /b", "COPY --link --chown=root a /b", "COPY --chown=app a /b"],
  },
  {
    rule: "SW1055",
    bad: [
      "ADD --checksum=sha256:0 a /b",
      "ADD --checksum=sha256:0 https://a/b /c",
      `ADD --checksum=${digest} https://a/b https://a/c /d/`,
    ],
    good: [`ADD --checksum=${digest} https://a/b /c`, "ADD --checksum=0123 https://a/b.git /c"],
  },
  {
    rule: "SW1056",
    bad: ["COPY https://a/b /c", "COPY git@a:b.git /c", "ADD https://a/b.git?nope=1 /c"],
    good: ["ADD https://a/b /c", "ADD git@a:b.git#v1 /c", "COPY a@b /c"],
  },
  { rule: "SW1057", bad: ['VOLUME ""', "ARG A=\nVOLUME $A"], good: ["VOLUME /a", "VOLUME $FROM_THE_BASE"] },
  {
    rule: "SW1058",
    bad: ["STOPSIGNAL NOPE", "STOPSIGNAL 0", "ARG S=SIGUP\nSTOPSIGNAL $S"],
    good: ["STOPSIGNAL SIGTERM", "STOPSIGNAL quit", "STOPSIGNAL 15", "STOPSIGNAL RTMIN+3", "STOPSIGNAL $FROM_THE_BASE"],
  },
  { rule: "SW1059", bad: ["RUN []"], good: ["RUN", "RUN a", "FROM a:1 AS b\nRUN []\nFROM c:1"] },
  {
    rule: "SW1060",
    bad: ["FROM a:1 AS b\nONBUILD COPY c\nFROM b", "FROM a:1 AS b\nONBUILD NOPE\nFROM b AS c\nFROM c"],
    good: ["FROM a:1 AS b\nONBUILD COPY c\nFROM a:1", "FROM a:1 AS b\nONBUILD COPY c /d\nFROM b"],
  },
  {
    rule: "SW1061",
    bad: ["# check=nope\nFROM a:1", "# check = error = true\nFROM a:1", "# check=error=maybe\nFROM a:1"],
    good: ["# check=skip=all\nFROM a:1", "# a comment\n# check=nope\nFROM a:1", "FROM a:1\n# check=nope\nUSER a"],
  },
  {
    rule: "SW1062",
    bad: [
      "# check=error=true\nFROM a:1\nCMD a",
      "# check=error=true\nFROM a:1 as b",
      "# check=error=1\nFROM a:1\nWORKDIR b",
    ],
    good: [
      "FROM a:1\nCMD a",
      "# check=error=true;skip=JSONArgsRecommended\nFROM a:1\nCMD a",
      "# check=error=true\nFROM a:1\n# check=skip=JSONArgsRecommended\nCMD a",
      "# check=error=true\nFROM a:1 AS b\nCMD a\nFROM c:1",
    ],
  },
  {
    rule: "SW1063",
    bad: ["ARG SOURCE_DATE_EPOCH=yesterday\nFROM a:1"],
    good: [
      "ARG SOURCE_DATE_EPOCH=0\nFROM a:1",
      "ARG SOURCE_DATE_EPOCH=context\nFROM a:1",
      "ARG SOURCE_DATE_EPOCH=b\nFROM scratch AS b\nADD https://a/b /c\nFROM a:1",
      "FROM a:1\nARG SOURCE_DATE_EPOCH=yesterday",
    ],
  },
  {
    rule: "SW1006",
    bad: [
      "RUN --mount=type=nope,target=/a b",
      "RUN --mount=type=cache,target=/a,sharing=all b",
      "RUN --mount=type=secret a",
      "RUN --mount=type=secret,id=a,source=b c",
      "RUN --mount=target b",
      "RUN --mount=tagret=/a b",
      "RUN --mount=type=bind,target=/a,size=1 b",
    ],
    good: [
      "RUN --mount=type=cache,target=/a,sharing=locked,uid=1 b",
      "RUN --mount=type=secret,id=a,required b",
      "RUN --mount=type=$T,target=/a b",
      "RUN --mount=dst=/a,ro b",
    ],
  },
  { rule: "SW1007", bad: ["COPY --from=$A b c", "COPY --from=${A} b c"], good: ["COPY --from=a b c"] },
  { rule: "SW1008", bad: ["ONBUILD NOPE", "ONBUILD COPY a"], good: ["ONBUILD RUN a"] },
  { rule: "SW1009", bad: ["RUN a \\\n\n b"], good: ["RUN a \\\n # c\n b"] },
  {
    rule: "DL3020",
    bad: ["ADD a /b", 'ADD ["a", "/b"]', "ADD <<E /b\nE"],
    good: ["ADD a.tar.gz /b/", "ADD https://a/b /c", "ADD git@a:b /c", "ADD $A /b", "COPY a /b"],
  },
  {
    rule: "SW1010",
    bad: ["ADD https://a/b /c"],
    good: ["ADD --checksum=sha256:0 https://a/b /c", "ADD https://a/b.git#v1 /c"],
  },
  {
    rule: "DL3021",
    bad: ["COPY a b /c", 'COPY ["a", "b", "/c"]'],
    good: ["COPY a b /c/", "ADD a b /c", "COPY a b .", "COPY a /b", "COPY a b $C"],
  },
  {
    rule: "DL3022",
    bad: ["COPY --from=b /c /d", "COPY --from=0 /c /d", "FROM a:1\nCOPY --from=b /c /d\nFROM a:1 AS b"],
    good: [
      "FROM a:1 AS b\nFROM a:1\nCOPY --from=B /c /d\nCOPY --from=0 /c /d",
      "COPY --from=b:1 /c /d",
      "COPY --from=b/c /d /e",
    ],
  },
  {
    rule: "DL3023",
    bad: ["FROM a:1 AS b\nCOPY --from=b /c /d", "COPY --from=0 /c /d"],
    good: ["FROM a:1 AS b\nFROM a:1\nCOPY --from=b /c /d"],
  },
  {
    rule: "DL3045",
    bad: ["COPY a b", "COPY a ."],
    good: [
      "WORKDIR /a\nCOPY b c",
      "COPY a /b",
      "COPY a $B",
      "FROM scratch\nCOPY a b",
      "FROM a:1 AS b\nWORKDIR /c\nFROM b\nCOPY d e",
    ],
  },
  {
    rule: "DL3067",
    bad: ["FROM a:1 AS b\nFROM c:1\nCOPY --from=b / /"],
    good: [
      "FROM a:1 AS b\nFROM c:1\nCOPY --from=b /d /",
      "FROM scratch AS b\nFROM c:1\nCOPY --from=b / /",
      "COPY --from=a/b:1 / /",
    ],
  },
  {
    rule: "SW1011",
    bad: [
      "COPY . .\nRUN pip install -r requirements.txt",
      "COPY ./ /app\nRUN npm ci",
      "ADD . .\nRUN cd a && yarn",
      "COPY . .\nRUN python3 -m pip install --no-cache-dir -r a.txt",
      "COPY . .\nRUN go mod download",
    ],
    good: [
      "COPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .",
      "COPY . .\nRUN npm run build",
      "COPY package.json .\nRUN npm ci\nCOPY . .\nRUN npm install -g a@1",
      "COPY --from=b . .\nRUN npm ci",
    ],
  },
  { rule: "SW1012", bad: ["COPY . .", "ADD ./ /a", "COPY * /a/"], good: ["COPY a /b", "COPY --from=b:1 . /c"] },
  {
    rule: "DL3008",
    bad: [
      `RUN ${apt} a`,
      'RUN ["apt-get", "install", "-y", "a"]',
      "RUN <<E\napt-get -y install a\nE",
      'RUN ["sh", "-c", "apt-get install a"]',
    ],
    good: [`RUN ${apt} a=1`, `RUN ${apt} $A ./b.deb`, `RUN ${apt} -t stable a=1`, "RUN echo apt-get install a"],
  },
  {
    rule: "DL3018",
    bad: ["RUN apk add --no-cache a", "RUN apk --no-cache add a"],
    good: ["RUN apk add --no-cache a=1 'b>2' c~3", "RUN apk add --virtual .deps a=1", "RUN apk update"],
  },
  { rule: "DL3033", bad: ["RUN yum install -y a"], good: ["RUN yum install -y a-1.2", "RUN yum update"] },
  { rule: "DL3041", bad: ["RUN dnf install -y a", "RUN microdnf install a"], good: ["RUN dnf install -y a-1.2"] },
  { rule: "DL3037", bad: ["RUN zypper install -y a", "RUN zypper -n in a"], good: ["RUN zypper install -y a=1"] },
  {
    rule: "DL3013",
    bad: ["RUN pip install a", "RUN pip3 install --no-cache-dir a b==1", "RUN python3 -m pip install a"],
    good: [
      "RUN pip install a==1 'b~=2' c@https://d",
      "RUN pip install -r a.txt",
      "RUN pip install .",
      "RUN pip install -c a b",
      "RUN pip list",
    ],
  },
  {
    rule: "DL3016",
    bad: ["RUN npm install -g a", "RUN npm i @a/b"],
    good: ["RUN npm i a@1 @b/c@2", "RUN npm ci", "RUN npm install"],
  },
  { rule: "DL3028", bad: ["RUN gem install a"], good: ["RUN gem install a:1", "RUN gem install a -v 1"] },
  {
    rule: "DL3062",
    bad: ["RUN go install a.b/c", "RUN go install a.b/c@latest"],
    good: ["RUN go install a.b/c@v1", "RUN go install ./..."],
  },
  {
    rule: "DL3014",
    bad: ["RUN apt-get install a=1"],
    good: [
      "RUN apt-get install -y a=1",
      "RUN apt-get -yq install a=1",
      "RUN apt-get install -qq a=1",
      "RUN apt-get install --yes a=1",
    ],
  },
  { rule: "DL3030", bad: ["RUN yum install a-1"], good: ["RUN yum -y install a-1"] },
  { rule: "DL3038", bad: ["RUN dnf install a-1"], good: ["RUN dnf install --assumeyes a-1"] },
  {
    rule: "DL3034",
    bad: ["RUN zypper install a=1"],
    good: ["RUN zypper -n install a=1", "RUN zypper --non-interactive in a=1"],
  },
  {
    rule: "DL3015",
    bad: ["RUN apt-get install -y a=1"],
    good: [
      "RUN apt-get install -y --no-install-recommends a=1",
      "RUN apt-get -o APT::Install-Recommends=0 install -y a=1",
    ],
  },
  {
    rule: "SW1020",
    bad: ["RUN apt-get update\nRUN apt-get install -y a=1"],
    good: [
      `RUN ${apt} a=1`,
      "RUN apt-get install ./a.deb",
      "RUN --mount=type=cache,target=/var/lib/apt apt-get install -y a=1",
    ],
  },
  {
    rule: "DL3009",
    bad: [`RUN ${apt} a=1`, `RUN ${apt} a=1\nRUN ${clean}`],
    good: [
      `RUN ${apt} a=1 && ${clean}`,
      `RUN --mount=type=cache,target=/var/lib/apt ${apt} a=1`,
      `FROM a:1 AS b\nRUN ${apt} a=1\nFROM c:1`,
      `RUN <<E\n${apt} a=1\n${clean}\nE`,
    ],
  },
  { rule: "DL3032", bad: ["RUN yum install -y a-1"], good: ["RUN yum install -y a-1 && yum clean all"] },
  {
    rule: "DL3040",
    bad: ["RUN dnf install -y a-1"],
    good: ["RUN dnf install -y a-1 && dnf clean all && rm -rf /var/cache/dnf"],
  },
  { rule: "DL3036", bad: ["RUN zypper in -y a=1"], good: ["RUN zypper in -y a=1 && zypper clean"] },
  {
    rule: "DL3019",
    bad: ["RUN apk add a=1"],
    good: ["RUN apk add --no-cache a=1", "RUN --mount=type=cache,target=/var/cache/apk apk add a=1"],
  },
  {
    rule: "DL3042",
    bad: ["RUN pip install a==1", "ENV PIP_NO_CACHE_DIR=\nRUN pip install a==1"],
    good: [
      "RUN pip install --no-cache-dir a==1",
      "ENV PIP_NO_CACHE_DIR=1\nRUN pip install a==1",
      "RUN --mount=type=cache,target=/root/.cache/pip pip install a==1",
    ],
  },
  {
    rule: "DL3027",
    bad: ["RUN apt install a", "RUN apt update"],
    good: ["RUN apt-get update", "RUN apt-cache show a"],
  },
  {
    rule: "SW1021",
    bad: ["RUN npm install", "RUN npm i --production"],
    good: ["RUN npm ci", "RUN npm install a@1", "RUN npm install -g"],
  },
  {
    rule: "DL3003",
    bad: ["RUN cd /a && make", "RUN cd /a"],
    good: ["WORKDIR /a\nRUN make", "RUN make && cd b && make"],
  },
  { rule: "DL3004", bad: ["RUN sudo a", "RUN a; X=1 sudo b"], good: ["RUN a --sudo", "RUN echo sudo"] },
  { rule: "DL3001", bad: ["RUN service nginx start", "RUN a && /bin/mount b"], good: ["RUN nginx -t"] },
  { rule: "DL4005", bad: ["RUN ln -sf /bin/bash /bin/sh"], good: ["RUN ln -s a b", 'SHELL ["/bin/bash", "-c"]'] },
  {
    rule: "DL3047",
    bad: ["RUN wget https://a/b"],
    good: [
      "RUN wget -qO- https://a/b",
      "RUN wget -nv https://a/b",
      "RUN wget --progress=dot:giga https://a/b",
      "RUN wget --version",
    ],
  },
  {
    rule: "SW1030",
    bad: ["RUN curl -fsSL https://a | sh", "RUN wget -qO- https://a | sudo bash -s", "RUN curl a | tee b | bash"],
    good: ["RUN curl -o a https://b && sh a", "RUN curl https://a | tar x", "RUN curl a | jq . && echo b | sh"],
  },
  {
    rule: "DL4006",
    bad: ["RUN a | b", "RUN x=$(a | b)", "FROM a:1 AS b\nFROM b\nRUN c | d"],
    good: [
      'SHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN a | b',
      "RUN set -o pipefail; a | b",
      "RUN a || b",
      "RUN echo 'a | b'",
      'SHELL ["pwsh", "-c"]\nRUN a | b',
      'FROM a:1 AS b\nSHELL ["/bin/bash", "-eo", "pipefail", "-c"]\nFROM b\nRUN c | d',
    ],
  },
  {
    rule: "DL3000",
    bad: ["WORKDIR a", "ENV A=b\nWORKDIR $A"],
    good: ["WORKDIR /a", "WORKDIR $A", "WORKDIR C:\\\\a", 'WORKDIR "/a b"'],
  },
  {
    rule: "DL3002",
    bad: ["USER root", "USER 0:0", "ARG U=root\nUSER $U", "FROM a:1 AS b\nUSER root\nFROM b"],
    good: ["USER root\nRUN a\nUSER 1000", "USER rooty", "FROM a:1 AS b\nUSER root\nFROM c:1\nUSER d"],
  },
  {
    rule: "SW1040",
    bad: ['CMD ["a"]', "EXPOSE 80", "FROM a:1 AS b\nUSER c\nFROM d:1\nENTRYPOINT e"],
    good: [
      'USER a\nCMD ["b"]',
      "RUN a",
      'FROM gcr.io/distroless/static:nonroot\nCMD ["a"]',
      'FROM a:1 AS b\nUSER c\nFROM b\nCMD ["d"]',
    ],
  },
  {
    rule: "DL3025",
    bad: ["CMD a b", "ENTRYPOINT a"],
    good: ['CMD ["a"]', "CMD exec a", "CMD", "HEALTHCHECK CMD a"],
  },
  { rule: "DL4003", bad: ['CMD ["a"]\nCMD ["b"]'], good: ['CMD ["a"]', 'FROM a:1 AS b\nCMD ["c"]\nFROM b\nCMD ["d"]'] },
  { rule: "DL4004", bad: ['ENTRYPOINT ["a"]\nENTRYPOINT ["b"]'], good: ['ENTRYPOINT ["a"]'] },
  { rule: "DL3012", bad: ["HEALTHCHECK CMD a\nHEALTHCHECK NONE"], good: ["HEALTHCHECK CMD a"] },
  { rule: "DL3057", bad: ['CMD ["a"]'], good: ["HEALTHCHECK NONE", "FROM a:1 AS b\nHEALTHCHECK CMD c\nFROM b"] },
  { rule: "DL4000", bad: ["MAINTAINER a"], good: ["LABEL maintainer=a"] },
  {
    rule: "DL3064",
    bad: ["ENV DB_PASSWORD=a", "ARG NPM_TOKEN", "ENV A=b apiKey=c", "ARG TOKEN=x\nFROM a:1"],
    good: ["ENV PASSWORD_FILE=/a", "ENV PUBLIC_KEY=a", "ENV TOKEN=", "ENV PWD=/a", "ENV MONKEY=a", "ENV AUTH_URL=a"],
  },
  { rule: "DL3024", bad: ["FROM a:1 AS b\nFROM a:1 AS B"], good: ["FROM a:1 AS b\nFROM a:1 AS c\nFROM a:1\nFROM a:1"] },
  { rule: "DL3063", bad: ["FROM a:1 AS scratch", "FROM a:1 AS Context"], good: ["FROM a:1 AS b"] },
  {
    rule: "DL3044",
    bad: ["ENV A=1 B=$A", "ENV A=1 B=${A:-2}"],
    good: ["ENV A=1\nENV B=$A", "ENV PATH=/a:$PATH", "ARG A\nENV A=1 B=$A", "ENV A=1 B='$A'"],
  },
];
